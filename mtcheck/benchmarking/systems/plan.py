"""What a comparison of systems is to do, checked before the long work."""

from collections import Counter
from dataclasses import dataclass

from mtcheck import __version__
from mtcheck.benchmarking.baselines import BASELINES
from mtcheck.benchmarking.entrants import Shipped, model_entrant
from mtcheck.benchmarking.plan import Settings
from mtcheck.benchmarking.systems.texts import SystemTexts, read_systems
from mtcheck.errors import ConfigError, InputError
from mtcheck.installed import DEFAULT


@dataclass(frozen=True)
class SystemsPlan(Settings):
    """The settings of a run; ``model`` may name a tier."""

    data: tuple[str, ...]
    model: str = DEFAULT
    seed: int = 7
    resamples: int = 1000
    least: int = 30

    def __post_init__(self) -> None:
        """Refuse what is out of range."""
        if self.model in BASELINES:
            raise ConfigError(
                f"model {self.model}: cannot compare systems, since it gives no "
                "evidence; name a model of mtcheck"
            )
        self.refuse_below(seed=0, resamples=100, least=1)


@dataclass(frozen=True)
class PreparedSystems:
    """A plan with its data and its model."""

    plan: SystemsPlan
    data: SystemTexts
    model: Shipped

    @property
    def signature(self) -> str:
        """The line that says how the figures can be had again."""
        plan = self.plan
        parts = (
            f"mtcheck {__version__}",
            "mode:systems",
            f"model:{self.model.signature}",
            f"data:{self.data.signature()}",
            f"n:{len(self.data.rows)}",
            f"seed:{plan.seed}",
            f"boot:{plan.resamples}",
            f"least:{plan.least}",
        )
        return "|".join(parts)


def prepare_systems(plan: SystemsPlan) -> PreparedSystems:
    """Read all that a plan names; a MtcheckError says what is wrong with it."""
    model = model_entrant(plan.model, (), "")
    assert isinstance(model, Shipped)  # the others are refused by the plan
    data = read_systems(plan.data)
    most = max(Counter((row.contest, row.system) for row in data.rows).values())
    if most < plan.least:
        raise InputError(
            ", ".join(plan.data),
            f"no system has {plan.least} texts, the most are {most}; ask for fewer "
            "with --least",
        )
    return PreparedSystems(plan, data, model)
