"""What codes and names mean: rules, features and models, told from themselves."""

import re
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from mtcheck.errors import ConfigError
from mtcheck.excerpt import MOST, Mark, draw, paint
from mtcheck.report import Screen, make_visible
from mtcheck.rules import Rule, all_rules, unmark

if TYPE_CHECKING:
    from pathlib import Path

    from mtcheck.extract import Extractor
    from mtcheck.models import Model

_PLACEHOLDER = re.compile(r":? *\{[^}]*\}")
_DEEPEST = 20
"""Levels of a card that are shown."""


def explain(name: str, screen: Screen) -> Iterator[str]:
    """Yield the lines on a rule, by its code or name, or on a feature.

    A ConfigError names what comes close.
    """
    wanted = name.lower()
    for rule in all_rules():
        if wanted in (rule.code.lower(), rule.name):
            return _rule(rule, screen)
    # Imported here: it needs numpy, which takes as long as all else.
    from mtcheck.extract import extractors

    for kind in extractors():
        if wanted in kind.features:
            return _feature(wanted, kind, screen)
    known = [part for rule in all_rules() for part in (rule.code, rule.name)]
    known += [feature for kind in extractors() for feature in kind.features]
    close = _close(name, known)
    hint = f"did you mean {', '.join(close)}?" if close else f"codes: {_codes()}"
    raise ConfigError(f"{name!r} must be a code, a rule or a feature; {hint}")


def _close(name: str, known: list[str]) -> list[str]:
    spelled = {item.lower(): item for item in known}
    wanted = name.lower()
    near = get_close_matches(wanted, spelled, n=4, cutoff=0.6)
    near += [item for item in spelled if wanted in item and item not in near]
    return [spelled[item] for item in near[:6]] if wanted else []


def _codes() -> str:
    return ", ".join(rule.code for rule in all_rules())


def _rule(rule: Rule, screen: Screen) -> Iterator[str]:
    title = paint(f"{rule.code} {rule.name}", "bold", screen)
    yield f"{title} ({', '.join(traits(rule))})"
    yield ""
    yield f"Message: {plain_message(rule)}"
    yield f"Why: {rule.why}"
    yield ""
    yield "Bad:"
    for example in rule.bad:
        yield from _example(example, screen)
    yield "Good:"
    for example in rule.good:
        yield from _example(example, screen)


def list_rules(screen: Screen) -> Iterator[str]:
    """Yield a table of all rules."""
    header = ("code", "name", "family", "severity", "languages", "--fix")
    rows = [
        (
            rule.code,
            rule.name,
            rule.family,
            rule.severity,
            ", ".join(sorted(rule.languages or ["all"])),
            "yes" if rule.fix else "",
        )
        for rule in all_rules()
    ]
    return _table([header, *rows], screen)


def _table(rows: Sequence[Sequence[str]], screen: Screen) -> Iterator[str]:
    """Yield the lines of a table, the first row as its header."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for index, row in enumerate(rows):
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield paint("  ".join(cells).rstrip(), "" if index else "bold", screen)


def traits(rule: Rule) -> Iterator[str]:
    """Yield what is said of a rule beside its name."""
    yield rule.severity
    yield rule.family
    if rule.languages is None:
        yield "all languages"
    else:
        yield "only " + ", ".join(sorted(rule.languages))
    if rule.fix:
        yield "mended by --fix"


def plain_message(rule: Rule) -> str:
    """Return the message without the place where it quotes the text."""
    return _PLACEHOLDER.sub("", rule.message)


def _example(example: str, screen: Screen) -> Iterator[str]:
    """Yield an example with the stretches marked that stand between ⟦ and ⟧."""
    text, spans = unmark(example)
    marks = [Mark(span) for span in spans]
    bullet = "  - "
    for line in draw(text, marks, screen, short=MOST):
        yield f"{bullet}{line}".rstrip(" ")
        bullet = "    "


def _feature(name: str, kind: "type[Extractor]", screen: Screen) -> Iterator[str]:
    yield f"{paint(name, 'bold', screen)} (extractor {kind.name}, tier {kind.tier})"
    yield ""
    yield kind.features[name]


def list_models(folders: "dict[str, Path]", screen: Screen) -> Iterator[str]:
    """Yield a table of the installed models."""
    from mtcheck.models import open_model

    if not folders:
        yield "no model is installed; make one with python -m training"
        return
    header = ("name", "version", "languages", "size", "signature", "metrics")
    models = [open_model(folder) for folder in folders.values()]
    yield from _table([header, *map(_row, models)], screen)


def describe_model(model: "Model", screen: Screen) -> Iterator[str]:
    """Yield the card of a model, its keys in order."""
    heading = f"{model.name} ({_size(model)}, {model.folder})"
    yield paint(make_visible(heading), "bold", screen)
    # Whoever made the model wrote the card.
    for key, value in model.card.items():
        yield from map(make_visible, _branch(key, value, 0))


def _row(model: "Model") -> tuple[str, ...]:
    return (
        model.name,
        str(model.card["version"]),
        ", ".join(model.languages),
        _size(model),
        model.signature,
        _metrics(model.card["metrics"]),
    )


def _size(model: "Model") -> str:
    n_bytes = sum(path.stat().st_size for path in model.folder.rglob("*"))
    return f"{n_bytes / 1e6:.1f} MB"


def _metrics(metrics: Any) -> str:
    """Return the macro-F1 a language; cards may hold it at any depth."""
    return ", ".join(_macro_f1(metrics, ""))


def _macro_f1(metrics: Any, path: str) -> Iterator[str]:
    if not isinstance(metrics, dict):
        return
    for key, value in metrics.items():
        if key == "macro_f1" and isinstance(value, int | float):
            yield f"{path} macro-F1 {value:.3f}".strip()
        else:
            yield from _macro_f1(value, f"{path} {key}".strip())


def _branch(key: str, value: Any, depth: int) -> Iterator[str]:
    indent = "  " * depth
    if depth > _DEEPEST:
        yield f"{indent}…"
    elif isinstance(value, dict) and value:
        yield f"{indent}{key}:"
        for name, inner in value.items():
            yield from _branch(str(name), inner, depth + 1)
    elif isinstance(value, list) and any(isinstance(item, dict) for item in value):
        yield f"{indent}{key}:"
        for number, item in enumerate(value, 1):
            yield from _branch(str(number), item, depth + 1)
    elif isinstance(value, list):
        yield f"{indent}{key}: {', '.join(map(str, value))}"
    else:
        yield f"{indent}{key}: {value}"
