"""The page of a model: its card and its measured figures, for people to read."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from mtcheck.classify import READINGS
from mtcheck.types import LABELS
from training.false_alarms import MADE

_PROSE = Path(__file__).with_name("card_page.md")
"""What no table can say."""

_NAMES = {"macro_f1": "macro-F1", "ece": "expected calibration error"}

_ALARMS = {
    "flagged": "not called original",
    "weak": "weak evidence or more",
    "moderate": "moderate or more",
    "strong": "strong",
}

_READINGS = {
    "alone": "a paragraph alone",
    "together": "a paragraph among others",
    "document": "a document",
}

_WITH_GRAMMAR = ("macro_f1", "paraphrased.auc", "machine_mangled.auc")

LANGUAGES = {"en": "English", "de": "German"}


def card_page(card: Mapping[str, Any], results: Path) -> Iterator[str]:
    """Yield the lines of the page; ``results`` has the figures of the benchmarks."""
    yield f"# The model `{card['name']}`"
    yield ""
    yield "Made from the card and from the results of the benchmarks by"
    yield "`python tests/update_docs.py`."
    yield ""
    yield f"`{card['signature']}`"
    yield ""
    yield _PROSE.read_text("utf-8").rstrip("\n")
    for language in card["languages"]:
        yield ""
        yield f"## {LANGUAGES.get(language, language)}"
        yield from _figures(results, language)
        for name, title, section in (
            ("quality", "Short text", _short),
            ("writers", "Who is taken for a machine", _writers),
            ("grammar", "What grammar mistakes would add", _grammar),
        ):
            raw = _result(results, name, language)
            if raw is not None:
                yield from _head(title, language, raw)
                yield from section(raw)
        yield from _thresholds(card, language)
        yield from _sources(card, language)
    yield ""
    yield "## Make one on your own data"
    yield ""
    yield "[Train on your own data, or for a new language](new-language.md) says how."


def _figures(results: Path, language: str) -> Iterator[str]:
    for name, title, remark in (
        (
            "quality",
            "On `dev`",
            "Its labelled sources are not those of `train`. The plain text has other "
            "documents of some: debates of the UN, German law, novels, one newspaper.",
        ),
        (
            "left_out",
            "On every source, each left out in turn",
            "With all that is kin to it, so that this is what new sources meet.",
        ),
    ):
        raw = _result(results, name, language)
        if raw is None:
            continue
        yield from _head(title, language, raw)
        yield remark
        yield ""
        yield from _table(("", "figure", "95 % interval"), _headlines(raw))
        yield ""
        yield from _table(
            ("", "paragraphs", "given its label", "flagged"),
            [
                (
                    item["stratum"],
                    f"{item['n']:,}",
                    _shown(item["recall"]),
                    _shown(item["flagged"]),
                )
                for item in raw["by_detail"]
            ],
        )


def _short(raw: Mapping[str, Any]) -> Iterator[str]:
    yield "One run of 8 to 35 words of each longer paragraph of `dev`, learners' apart,"
    yield "judged alone:"
    yield ""
    yield from _table(
        ("", "words", "n", *[f"called {label}" for label in LABELS]),
        [
            (
                item["group"].replace("_", " "),
                "–".join(map(str, item["words"])),
                f"{item['n']:,}",
                *[_shown(item[label]) for label in LABELS],
            )
            for item in raw["windows"]
        ],
    )


def _result(results: Path, name: str, language: str) -> Any:
    """Return what a benchmark has written; None where it was not run."""
    path = results / f"{name}.{language}.json"
    return json.loads(path.read_text("utf-8")) if path.is_file() else None


def _head(title: str, language: str, raw: Mapping[str, Any]) -> Iterator[str]:
    yield ""
    yield f"### {title} ({language})"
    yield ""
    yield f"`{raw['signature']}`"
    yield ""


def _headlines(raw: Mapping[str, Any]) -> Iterator[Sequence[str]]:
    for name, value in raw["figures"].items():
        low, high = raw["intervals"][name]
        shown = _NAMES.get(name, name.replace("_", " "))
        yield shown, _shown(value), f"{_shown(low)}–{_shown(high)}"


def _writers(raw: Mapping[str, Any]) -> Iterator[str]:
    yield "Paragraphs of `dev` that people wrote or translated, each judged alone by"
    yield "the model as it ships, in per cent with Wilson's 95 % interval."
    for field in ("writer", "length", "genre"):
        if field not in raw["by"]:
            continue
        yield ""
        groups = [("all", raw["all"]), *raw["by"][field].items()]
        yield from _table(
            (f"by {field}", "paragraphs", *_ALARMS.values()),
            [
                (name, f"{item['n']:,}", *[_percent(item[key]) for key in _ALARMS])
                for name, item in groups
            ],
        )
    if raw["ratios"]:
        yield ""
        yield "How many times as often as others that are no translators, with the 95 %"
        yield "interval of a bootstrap over documents; at moderate evidence it must be"
        yield f"{raw['targets'][0]['most']:g} at most:"
        yield ""
        yield from _table(
            ("", *_ALARMS.values()),
            [
                (name, *[_ratio(found[key]) for key in _ALARMS])
                for name, found in raw["ratios"].items()
            ],
        )


def _ratio(found: Sequence[float]) -> str:
    value, low, high = found
    return f"{value:.2f} ({low:.2f}–{high:.2f})"


def _grammar(raw: Mapping[str, Any]) -> Iterator[str]:
    yield "The model does without what LanguageTool finds. Its verdicts on `dev`,"
    yield "weighed with and without, by regressions fitted on other rows of `dev`; the"
    yield "interval is of the difference in pairs. Of learners, the share of texts that"
    yield "passes what 1 % of other people's passes."
    yield ""
    rows = []
    for name in _WITH_GRAMMAR:
        low, high = raw["difference"][name]
        both = _shown(raw["without"][name]), _shown(raw["with"][name])
        rows.append((name.replace("_", " "), *both, f"{low:+.3f} to {high:+.3f}"))
    learners = raw.get("learners", {})
    for label in learners.get("with", {}).keys() - {"n"}:
        both = _shown(learners["without"][label]), _shown(learners["with"][label])
        rows.append((f"learners called {label}", *both, ""))
    yield from _table(("", "without", "with", "95 % interval"), sorted(rows))


def _thresholds(card: Mapping[str, Any], language: str) -> Iterator[str]:
    readings = card["thresholds"][language]["full"]
    yield ""
    yield f"### Evidence ({language})"
    yield ""
    yield "Thresholds of the full tier, from people's text of sources that the judging"
    yield "model had not seen, pages of the web (`web_…`) among them, each source"
    yield "weighing as much as 200 paragraphs at most. How much a text stands out"
    yield "depends on how it was read, so that each way has its own:"
    yield ""
    rows = [
        (
            f"{_READINGS[reading]}, {label}",
            *[f"{found[rate]:.3f}" for rate in ("0.001", "0.01", "0.05")],
        )
        for reading in READINGS
        for label, found in readings[reading].items()
    ]
    yield from _table(("", "strong (0.1 %)", "moderate (1 %)", "weak (5 %)"), rows)
    yield ""
    yield "How often people's text passes the one for 1 %, in per cent, with Wilson's"
    yield "95 % interval, by source and group of writers:"
    for reading in READINGS:
        yield ""
        shown = card["false_alarms"][language]["full"][reading]
        yield from _table(
            (_READINGS[reading], "n", *MADE),
            [
                (
                    name,
                    f"{item['n']:,}",
                    *[_percent(item[label]["0.01"]) for label in MADE],
                )
                for name, item in shown.items()
            ],
        )


def _percent(passed: Sequence[float]) -> str:
    share, low, high = (100 * max(value, 0) for value in passed)
    return f"{share:.1f} ({low:.1f}–{high:.1f})"


def _sources(card: Mapping[str, Any], language: str) -> Iterator[str]:
    yield ""
    yield f"### Learnt from ({language})"
    yield ""
    yield "Statistics only; no sentence is in the model. Words: " + "; ".join(
        card["licences"][language]
    )
    yield ""
    yield from _table(
        ("source", "paragraphs", "licence as its publisher states it"),
        [
            (name, f"{item['rows']:,}", "; ".join(item["licences"]))
            for name, item in card["data"]["sources"][language].items()
        ],
    )


def _table(header: Sequence[str], rows: Any) -> Iterator[str]:
    marks = ("---", *["---:"] * (len(header) - 1))
    for cells in (header, marks, *rows):
        yield f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"


def _shown(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"
