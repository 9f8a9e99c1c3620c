"""``python .ci/licences.py``: the licence of all that mtcheck needs to run, by extra.

Ends with status 1 where one is not among those that ``.ci/licences.toml`` allows, and
with 2 where an extra is not installed, so that its licences cannot be told.
"""

import re
import sys
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email.message import Message
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ALLOWED = Path(__file__).with_name("licences.toml")
PROJECT = "mtcheck"

_CLASSIFIERS = {
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD-3-Clause",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
}
_CLASSIFIER = "License :: OSI Approved :: "


@dataclass(frozen=True, slots=True)
class Used:
    """A package that is needed; ``extra`` is empty for the plain install."""

    extra: str
    name: str
    version: str
    licence: str
    is_allowed: bool


@dataclass(frozen=True)
class Rules:
    """What is allowed everywhere, what only with an extra, and what metadata lack."""

    allowed: frozenset[str]
    extras: Mapping[str, frozenset[str]]
    told: Mapping[str, str]

    @classmethod
    def read(cls, path: Path = ALLOWED) -> "Rules":
        """Return the rules of a file."""
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
        extras = {name: frozenset(ids) for name, ids in raw["extras"].items()}
        return cls(frozenset(raw["allowed"]), extras, raw["told"])

    def allows(self, expression: str, extra: str) -> bool:
        """Tell whether a licence expression may be met by licences that are allowed.

        >>> rules = Rules(frozenset({"MIT", "Zlib"}), {"x": frozenset({"GPL-3.0"})}, {})
        >>> [rules.allows(it, "") for it in ("MIT AND Zlib", "MIT AND (X OR Zlib)")]
        [True, True]
        >>> [rules.allows(it, "") for it in ("MIT AND X", "GPL-3.0", "unknown words")]
        [False, False, False]
        >>> rules.allows("GPL-3.0", "x")
        True
        """
        allowed = self.allowed | self.extras.get(extra, frozenset())
        return _any(iter(re.findall(r"[()]|[^\s()]+", expression)), allowed)[0]


def _any(tokens: Iterator[str], allowed: frozenset[str]) -> tuple[bool, str]:
    """Return whether one of what ``OR`` parts is allowed, and what ended it."""
    found, end = _all(tokens, allowed)
    while end == "OR":
        other, end = _all(tokens, allowed)
        found |= other
    return found, end


def _all(tokens: Iterator[str], allowed: frozenset[str]) -> tuple[bool, str]:
    """Return whether all of what ``AND`` parts is allowed, and what ended it."""
    found, end = True, "AND"
    while end == "AND":
        token = next(tokens, "")
        one = _any(tokens, allowed)[0] if token == "(" else token in allowed
        found &= one
        end = next(tokens, "")
    # Any other word means that this is no expression.
    return found and end in ("", ")", "OR"), end


def licence_of(metadata: Message, told: Mapping[str, str]) -> str:
    """Return the licence as an SPDX expression, or in the words of the metadata."""
    name = canonicalize_name(str(metadata["Name"]))
    if name in told:
        return told[name]
    if "License-Expression" in metadata:
        return str(metadata["License-Expression"])
    said = [
        line.removeprefix(_CLASSIFIER)
        for line in metadata.get_all("Classifier", [])
        if line.startswith(_CLASSIFIER)
    ]
    if said:
        return " AND ".join(_CLASSIFIERS.get(line, line) for line in said)
    return str(metadata.get("License", "unknown")).partition("\n")[0].strip()


def needed(project: Distribution, extra: str) -> dict[str, Distribution]:
    """Return by name all that the project needs with an extra, of this machine.

    Raises a PackageNotFoundError where something is not installed.
    """
    found: dict[str, Distribution] = {}
    todo = [(project, frozenset({"", extra}))]
    while todo:
        parent, extras = todo.pop()
        for line in parent.requires or ():
            requirement = Requirement(line)
            marker = requirement.marker
            if marker and not any(marker.evaluate({"extra": one}) for one in extras):
                continue
            name = canonicalize_name(requirement.name)
            if name not in found or requirement.extras:
                is_new = name not in found
                found[name] = distribution(name)
                if is_new or requirement.extras:
                    todo.append((found[name], frozenset({"", *requirement.extras})))
    return found


def used(project: Distribution, rules: Rules) -> Iterator[Used]:
    """Yield all that is needed, first the plain install, then what each extra adds."""
    plain = needed(project, "")
    for extra in ("", *sorted(project.metadata.get_all("Provides-Extra", []))):
        for name, found in sorted((needed(project, extra) if extra else plain).items()):
            if not extra or name not in plain:
                licence = licence_of(found.metadata, rules.told)  # type: ignore[arg-type]
                is_allowed = rules.allows(licence, extra)
                yield Used(extra, name, found.version, licence, is_allowed)


def main() -> int:
    """Print the list, and return the status."""
    try:
        found = list(used(distribution(PROJECT), Rules.read()))
    except PackageNotFoundError as error:
        print(f"licences: {error.name} is not installed; install all extras first")
        return 2
    for item in found:
        where = f"{PROJECT}[{item.extra}]" if item.extra else PROJECT
        mark = "" if item.is_allowed else "  NOT ALLOWED"
        print(f"{where:18} {item.name:26} {item.version:12} {item.licence}{mark}")
    refused = [item.name for item in found if not item.is_allowed]
    if refused:
        print(
            f"licences: not allowed: {', '.join(refused)}; look at them, then allow "
            f"them in .ci/{ALLOWED.name}, or do without"
        )
        return 1
    print(f"licences: {len(found)} packages, all allowed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
