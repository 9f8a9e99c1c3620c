"""Floors that measured figures must hold, kept in one file with what they came from.

A floor is a measured figure less a stated tolerance (more, where less is better). It
is raised whenever a better figure is pinned; it is lowered only by its name and for a
reason, which stays in the file.
"""

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from mtcheck.errors import InputError

FLOORS = Path(__file__).with_name("floors.json")

DIGITS = 4
"""Decimals of what is kept."""


@dataclass(frozen=True, slots=True)
class Gauge:
    """A figure as it was measured; ``is_least`` says that more is better.

    ``tolerance`` is how much worse it may get without a word.
    """

    name: str
    value: float
    tolerance: float
    is_least: bool

    def floor(self) -> "Floor":
        """Return the floor that this figure sets.

        >>> Gauge("en.macro_f1", 0.66443, 0.005, is_least=True).floor().bound
        0.6594
        """
        scale = 10**DIGITS
        if self.is_least:
            bound = math.floor((self.value - self.tolerance) * scale) / scale
        else:
            bound = math.ceil((self.value + self.tolerance) * scale) / scale
        measured = round(self.value, DIGITS)
        return Floor(measured, round(self.tolerance, DIGITS), bound, self.is_least)


@dataclass(frozen=True, slots=True)
class Floor:
    """What a figure must not fall below or, unless ``is_least``, not rise above."""

    measured: float
    tolerance: float
    bound: float
    is_least: bool

    def is_met(self, value: float) -> bool:
        """Tell whether a figure holds; what was not measured does not."""
        return value >= self.bound if self.is_least else value <= self.bound

    def is_looser_than(self, other: "Floor") -> bool:
        """Tell whether this floor lets through what the other one stops."""
        return not other.is_met(self.bound)


@dataclass(frozen=True, slots=True)
class Lowered:
    """A floor that was lowered, or dropped (``after`` is None), and why."""

    name: str
    before: float
    after: float | None
    reason: str
    signature: str


@dataclass(frozen=True)
class Floors:
    """The floors by name, with the model and the data that they were measured with."""

    signature: str = ""
    model: str = ""
    data: Mapping[str, str] = field(default_factory=dict)
    pinned: Mapping[str, Floor] = field(default_factory=dict)
    lowered: tuple[Lowered, ...] = ()

    def check_data(self, data: Mapping[str, str]) -> None:
        """Raise an InputError unless these are the data of the floors."""
        for name, digest in data.items():
            known = self.data.get(name, "none")
            if known != digest:
                raise InputError(
                    name,
                    f"the floors were measured on other data ({known}, this is "
                    f"{digest}); get those, or measure the floors anew with --pin",
                )


def repinned(
    old: Floors, new: Floors, gauges: Iterable[Gauge], accepted: Mapping[str, str]
) -> Floors:
    """Return ``new`` with the floors of the figures; an InputError where one is looser.

    A floor stays where it is as long as its figure holds it, and rises with a better
    one. ``accepted`` has a reason for each floor that may be lowered or dropped.
    """
    found: dict[str, Floor] = {}
    lowered = list(old.lowered)
    refused = []
    for gauge in gauges:
        floor, before = gauge.floor(), old.pinned.get(gauge.name)
        if before and floor.is_looser_than(before):
            if before.is_met(gauge.value):
                floor = before
            elif gauge.name in accepted:
                reason = accepted[gauge.name]
                lowered.append(
                    Lowered(
                        gauge.name, before.bound, floor.bound, reason, new.signature
                    )
                )
            else:
                refused.append(f"{gauge.name} from {before.bound} to {floor.bound}")
        found[gauge.name] = floor
    for name in old.pinned.keys() - found.keys():
        if name in accepted:
            bound = old.pinned[name].bound
            lowered.append(Lowered(name, bound, None, accepted[name], new.signature))
        else:
            refused.append(f"{name}, which would be dropped")
    if refused:
        raise InputError(
            "floors",
            f"would be lower: {'; '.join(sorted(refused))}; to allow it, name each "
            "with --accept-lower NAME and say why with --reason",
        )
    return Floors(new.signature, new.model, new.data, found, tuple(lowered))


def read_floors(path: Path) -> Floors:
    """Return the floors of a file; an InputError where it cannot be read."""
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        return Floors(
            raw["signature"],
            raw["model"],
            raw["data"],
            {name: Floor(**item) for name, item in raw["pinned"].items()},
            tuple(Lowered(**item) for item in raw["lowered"]),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(str(path), f"no floors can be read ({error})") from error


def write_floors(path: Path, floors: Floors) -> None:
    """Write the floors as JSON, by name."""
    raw: dict[str, Any] = asdict(floors)
    raw["pinned"] = dict(sorted(raw["pinned"].items()))
    text = json.dumps(raw, ensure_ascii=False, indent=1) + "\n"
    path.write_text(text, encoding="utf-8")
