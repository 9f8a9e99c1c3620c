"""Which rules hold where: select, ignore, severities, and the same for some paths."""

import fnmatch
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import cast

from mtcheck.config import Config
from mtcheck.errors import ConfigError
from mtcheck.rules import Rule, all_rules
from mtcheck.types import Finding, Severity

SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")


@dataclass(frozen=True, slots=True)
class PathSettings:
    """What holds for the files of one pattern, beside what holds everywhere."""

    pattern: str
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severity: tuple[tuple[str, Severity], ...] = ()
    language: str | None = None


class Selection:
    """The rules that are asked about each file.

    A code may be cut short (``MT1`` is all of punctuation) or be the name of a rule.
    Of ``select`` and ``ignore`` the longer code wins, and between two of the same
    length ``ignore`` does.
    """

    def __init__(
        self,
        select: Sequence[str] = (),
        ignore: Sequence[str] = (),
        severity: Mapping[str, str] | None = None,
        per_path: Mapping[str, Mapping[str, object]] | None = None,
    ) -> None:
        everywhere = {"select": select, "ignore": ignore, "severity": severity or {}}
        self._base = _settings("", everywhere)
        self._per_path = tuple(
            _settings(pattern, table) for pattern, table in (per_path or {}).items()
        )
        self._chosen = lru_cache(maxsize=64)(_chosen)

    @classmethod
    def of(cls, config: Config) -> "Selection":
        """Return what the settings say; a ConfigError names unknown codes."""
        return cls(config.select, config.ignore, config.severity, config.per_path)

    def rules(self, path: str | None) -> tuple[Rule, ...]:
        """Return the rules that hold for a file, ordered by code."""
        return self._chosen((self._base, *self._matching(path)))

    def language(self, path: str | None) -> str | None:
        """Return the language that the settings name for a file, the last one wins."""
        named = [item.language for item in self._matching(path) if item.language]
        return named[-1] if named else None

    def _matching(self, path: str | None) -> tuple[PathSettings, ...]:
        if path is None or not self._per_path:
            return ()
        return tuple(item for item in self._per_path if _fits(path, item.pattern))


def selected(findings: Iterable[Finding], rules: Iterable[Rule]) -> list[Finding]:
    """Return the findings of these rules, with the severities that they have."""
    severities = {rule.code: rule.severity for rule in rules}
    return [
        found
        if found.severity == severities[found.code]
        else replace(found, severity=severities[found.code])
        for found in findings
        if found.code in severities
    ]


def stands_for(code: str, what: Rule | Finding) -> bool:
    """Tell whether a code, the start of one or a name means a rule or its finding."""
    return code == what.name or what.code.startswith(code)


def _fits(path: str, pattern: str) -> bool:
    """Tell whether a pattern means a file: by its path from here, or by its name."""
    inside = os.path.relpath(path).replace(os.sep, "/")
    name = inside.rpartition("/")[2]
    return fnmatch.fnmatch(inside, pattern) or (
        "/" not in pattern and fnmatch.fnmatch(name, pattern)
    )


def _chosen(settings: tuple[PathSettings, ...]) -> tuple[Rule, ...]:
    select = [code for item in settings for code in item.select]
    ignore = [code for item in settings for code in item.ignore]
    severity = [pair for item in settings for pair in item.severity]
    found = []
    for rule in all_rules():
        if _strength(rule, select or ["MT"]) > _strength(rule, ignore):
            named = [level for code, level in severity if _strength(rule, [code])]
            found.append(replace(rule, severity=named[-1]) if named else rule)
    return tuple(found)


def _strength(rule: Rule, codes: Iterable[str]) -> int:
    """Return the length of the longest of the codes that means the rule, or 0."""
    return max(
        (
            len(rule.code) if code == rule.name else len(code)
            for code in codes
            if stands_for(code, rule)
        ),
        default=0,
    )


def _settings(pattern: str, table: Mapping[str, object]) -> PathSettings:
    where = f" for {pattern!r}" if pattern else ""
    severity = cast("Mapping[str, str]", table.get("severity", {}))
    for code, level in severity.items():
        if level not in SEVERITIES:
            raise ConfigError(
                f"config: severity of {code!r}{where} must be one of "
                f"{', '.join(SEVERITIES)}, got {level!r}"
            )
    return PathSettings(
        pattern,
        _known(table.get("select", ()), where),
        _known(table.get("ignore", ()), where),
        tuple(
            (code, cast("Severity", severity[given]))
            for given in severity
            for code in _known([given], where)
        ),
        cast("str | None", table.get("language")),
    )


def _known(codes: object, where: str) -> tuple[str, ...]:
    return tuple(known_code(code, where) for code in cast("Iterable[str]", codes))


def known_code(given: str, where: str = "") -> str:
    """Return the code or name as rules have it; a ConfigError says what is known.

    >>> known_code("mt1"), known_code("Orphan-Full-Stop")
    ('MT1', 'orphan-full-stop')
    """
    code, name = given.strip().upper(), given.strip().lower()
    for rule in all_rules():
        if name == rule.name:
            return name
        if len(code) > 1 and rule.code.startswith(code):
            return code
    known = ", ".join(rule.code for rule in all_rules())
    raise ConfigError(
        f"config: {given!r}{where} must be a code, the start of one, or the name of a "
        f"rule; codes: {known}"
    )
