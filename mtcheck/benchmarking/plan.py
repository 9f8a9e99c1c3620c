"""What a benchmark is to do, and all that it needs, checked before the long work."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Self

from mtcheck import __version__
from mtcheck.benchmarking.attacks import strikes
from mtcheck.benchmarking.data import Data, read_labelled
from mtcheck.benchmarking.entrants import (
    Commanded,
    Entrant,
    Predicted,
    model_entrant,
)
from mtcheck.benchmarking.external import check_ids, read_predictions
from mtcheck.benchmarking.records import fingerprint
from mtcheck.errors import ConfigError, InputError
from mtcheck.models import open_model


@dataclass(frozen=True)
class Settings:
    """Settings that a report keeps, so that it can be made again."""

    def as_json(self) -> dict[str, Any]:
        """Return the settings as what is kept in a report."""
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in asdict(self).items()
        }

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Self:
        """Return the settings that a report keeps; a ValueError if it keeps none."""
        names = {item.name for item in fields(cls)}
        if set(raw) != names:
            raise ValueError("the settings are those of another version")
        values: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in raw.items()
        }
        return cls(**values)

    def refuse_below(self, **least: float) -> None:
        """Refuse settings that are less than the number given for them."""
        for name, minimum in least.items():
            value = getattr(self, name)
            if value < minimum:
                shown = name.replace("_", "-")
                raise ConfigError(f"{shown} must be at least {minimum}, got {value:g}")


@dataclass(frozen=True)
class Plan(Settings):
    """The settings of a run; ``predictions`` and ``commands`` are ``NAME=…``."""

    data: tuple[str, ...]
    models: tuple[str, ...] = ()
    predictions: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()
    train: tuple[str, ...] = ()
    seed: int = 7
    resamples: int = 1000
    least: int = 30
    errors: int = 0
    time_limit: float = 3600.0
    attacks: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what is out of range."""
        if not (self.models or self.predictions or self.commands):
            raise ConfigError(
                "benchmark needs a model; name one with --model, --predictions or "
                "--command"
            )
        if strikes(self.attacks) and not (self.models or self.commands):
            raise ConfigError(
                "attack needs a model that can be asked of changed texts; name one "
                "with --model or --command"
            )
        self.refuse_below(seed=0, resamples=100, least=1, errors=0, time_limit=1)


@dataclass(frozen=True)
class Prepared:
    """A plan with its data and entrants."""

    plan: Plan
    data: Data
    training: Data | None
    entrants: tuple[Entrant, ...]

    @property
    def signature(self) -> str:
        """The line that says how the figures can be had again."""
        plan = self.plan
        parts = [
            f"mtcheck {__version__}",
            f"models:{';'.join(one.signature for one in self.entrants)}",
            f"data:{self.data.signature()}",
        ]
        if self.training is not None:
            parts.append(f"train:{self.training.signature()}")
        parts += [
            f"n:{len(self.data.rows)}",
            f"seed:{plan.seed}",
            f"boot:{plan.resamples}",
            f"least:{plan.least}",
        ]
        if plan.attacks:
            # Synonyms are those of the base model.
            base, _, _ = open_model().signature.partition("|")
            parts.append(f"attacks:{';'.join(plan.attacks)},{base}")
        return "|".join(parts)


def prepare(plan: Plan) -> Prepared:
    """Read all that a plan names; a MtcheckError says what is wrong with it."""
    data = read_labelled(plan.data)
    training = read_labelled(plan.train) if plan.train else None
    entrants: list[Entrant] = []
    for text in plan.models:
        rows = training.rows if training else ()
        trained_on = training.signature() if training else ""
        entrants.append(model_entrant(text, rows, trained_on))
    for text in plan.predictions:
        name, path = _named(text, "--predictions NAME=FILE")
        found = read_predictions(path)
        check_ids(path, found, data.rows)
        entrants.append(Predicted(name, found, fingerprint(path)))
    for text in plan.commands:
        name, command = _named(text, "--command NAME='PROGRAM …'")
        entrants.append(Commanded(name, command, plan.time_limit))
    names = [one.name for one in entrants]
    for name in names:
        if names.count(name) > 1:
            raise ConfigError(f"model {name!r} is named twice; names must differ")
    if training is not None:
        _check_apart(data, training)
    return Prepared(plan, data, training, tuple(entrants))


def _named(text: str, form: str) -> tuple[str, str]:
    name, separator, rest = text.partition("=")
    if not (name.strip() and separator and rest.strip()):
        raise ConfigError(f"must be {form}, got {text!r}")
    return name.strip(), rest.strip()


def _check_apart(data: Data, training: Data) -> None:
    """Refuse to fit to the documents that are measured on."""
    common = {row.document for row in data.rows} & {
        row.document for row in training.rows
    }
    if common:
        raise InputError(
            ", ".join(training.files),
            f"{len(common):,} documents are among those measured on, such as "
            f"{min(common)!r}; leave them out of --train",
        )
