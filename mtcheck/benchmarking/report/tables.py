"""The tables of a report, for every format to lay out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mtcheck.benchmarking.bootstrap import RATES
from mtcheck.benchmarking.figures import MADE
from mtcheck.benchmarking.losses import FALSE_ALARMS, LOST
from mtcheck.types import LABELS

Report = Mapping[str, Any]

NAMES = {
    "macro_f1": "macro-F1",
    "accuracy": "accuracy",
    "calibration_error": "calibration error",
    "auc": "AUC",
    "precision": "precision",
    "recall": "recall",
    "recall_at_0.001": "recall at 0.1 %",
    "recall_at_0.01": "recall at 1 %",
    "recall_at_0.05": "recall at 5 %",
    FALSE_ALARMS: "false alarms",
}
FIELDS = {
    "language": "Language",
    "detail": "How it came about",
    "tier": "Tier of the system",
    "genre": "Genre",
    "source": "Source",
    "system": "System",
    "length": "Length",
    "writer": "Learners and others",
}
NONE = "–"


@dataclass(frozen=True)
class Cell:
    """What a table shows, and the number that it sorts by."""

    text: str
    number: float | None = None


@dataclass(frozen=True)
class Table:
    """Rows under a header; the first ``n_names`` columns hold names."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    n_names: int = 1
    note: str = ""


def name_of(figure: str) -> str:
    """Return a figure's name in words.

    >>> name_of("auc.machine_mangled"), name_of("macro_f1")
    ('AUC machine_mangled', 'macro-F1')
    """
    # A rate has a point of its own.
    for key in sorted(NAMES, key=len, reverse=True):
        if figure == key:
            return NAMES[key]
        if figure.startswith(f"{key}."):
            return f"{NAMES[key]} {figure[len(key) + 1 :]}"
    return figure


def number(value: float | None, form: str = ".3f") -> Cell:
    """Return a number as tables show it."""
    return Cell(NONE) if value is None else Cell(format(value, form), value)


def figure(found: Mapping[str, Any] | None) -> Cell:
    """Return a figure with its interval."""
    if found is None or found["value"] is None:
        return Cell(NONE)
    value, low, high = found["value"], found["low"], found["high"]
    return Cell(f"{value:.3f} ({low:.3f}–{high:.3f})", value)


def difference(found: Mapping[str, Any]) -> Cell:
    """Return a difference with its interval."""
    if found["value"] is None:
        return Cell(NONE)
    value, low, high = found["value"], found["low"], found["high"]
    return Cell(f"{value:+.3f} ({low:+.3f} to {high:+.3f})", value)


def tables(report: Report) -> Iterator[Table]:
    """Yield all tables, the headline figures first."""
    yield _headlines(report)
    yield _against_originals(report)
    yield _by_label(report)
    yield _confusions(report)
    if report["comparisons"]:
        yield _comparisons(report)
    for field in dict.fromkeys(one["field"] for one in report["strata"]):
        yield _strata(report, field)
    if report["robustness"]:
        yield from attack_tables(report["robustness"])


def _headlines(report: Report) -> Table:
    rows = [
        (
            Cell(model["name"]),
            *(
                figure(model["figures"].get(name))
                for name in ("macro_f1", "accuracy", "calibration_error")
            ),
            number(model["n_abstained"], ",d"),
            number(model["seconds"], ",.1f"),
            number(model["texts_per_second"], ",.0f"),
            number(model["peak_memory_mib"], ",.0f"),
        )
        for model in report["models"]
    ]
    header = (
        "model",
        "macro-F1",
        "accuracy",
        "calibration error",
        "abstained",
        "seconds",
        "texts a second",
        "peak MiB",
    )
    note = (
        "In brackets 95 % intervals by a bootstrap over documents. An abstention "
        "counts as original."
    )
    return Table("Models", header, tuple(rows), note=note)


def _against_originals(report: Report) -> Table:
    names = ("auc", *(f"recall_at_{rate:g}" for rate in RATES))
    rows = [
        (
            Cell(model["name"]),
            Cell(label),
            *(figure(model["figures"].get(f"{name}.{label}")) for name in names),
        )
        for label in MADE
        for model in report["models"]
    ]
    header = ("model", "label", *(NAMES[name] for name in names))
    note = (
        "Area under the curve against originals, and the share found where so many "
        "originals are false alarms."
    )
    return Table("Against originals", header, tuple(rows), 2, note)


def _by_label(report: Report) -> Table:
    names = ("precision", "recall", "f1")
    rows = [
        (
            Cell(model["name"]),
            Cell(label),
            *(figure(model["figures"].get(f"{name}.{label}")) for name in names),
        )
        for label in LABELS
        for model in report["models"]
    ]
    return Table("By label", ("model", "label", *names[:2], "F1"), tuple(rows), 2)


def _confusions(report: Report) -> Table:
    rows = [
        (Cell(model["name"]), Cell(label), *(number(count, ",d") for count in counts))
        for model in report["models"]
        for label, counts in zip(LABELS, model["confusion"], strict=True)
    ]
    header = ("model", "is", *(f"called {label}" for label in LABELS))
    return Table("Confusion", header, tuple(rows), 2)


def _comparisons(report: Report) -> Table:
    rows = [
        (
            Cell(name_of(one["figure"])),
            Cell(one["one"]),
            Cell(one["other"]),
            difference({**one, "value": one["difference"]}),
            *(
                number(one.get(f"{test}{suffix}"))
                for test in ("bootstrap_p", "randomisation_p")
                for suffix in ("", "_holm")
            ),
        )
        for one in report["comparisons"]
    ]
    tests = ("bootstrap p", "Holm", "randomisation p", "Holm")
    header = ("figure", "model", "minus", "difference", *tests)
    note = (
        "Two-sided paired tests over documents; randomisation for macro-F1 only. "
        "Holm's correction is over all pairs by one figure."
    )
    return Table("Comparisons", header, tuple(rows), 3, note)


def _strata(report: Report, field: str) -> Table:
    names = [model["name"] for model in report["models"]]
    strata = [one for one in report["strata"] if one["field"] == field]
    least = report["plan"]["least"]
    rows, small = [], []
    for one in strata:
        figures = _figures_of(one, names)
        if not figures:
            small.append(f"{one['value']} ({one['n']:,})")
        for key in figures:
            found = [figure(one["models"][name].get(key)) for name in names]
            value = Cell(one["value"] + ("" if one["originals"] == "own" else " *"))
            told = number(one["n"], ",d")
            rows.append((value, Cell(name_of(key)), told, *found))
    note = "* against all originals: the stratum has too few of its own."
    if not any(one["originals"] == "all" for one in strata):
        note = ""
    if small:
        note += f" Under {least} texts of a label: {', '.join(small)}."
    header = ("stratum", "figure", "texts", *names)
    return Table(FIELDS[field], header, tuple(rows), 2, note.strip())


def _figures_of(stratum: Mapping[str, Any], names: Sequence[str]) -> list[str]:
    """Return the figures that a stratum is shown by; recall only where nothing else."""
    found = list(stratum["models"][names[0]])
    chosen = [key for key in found if not key.startswith("recall.")]
    return chosen or found


def attack_tables(robustness: Mapping[str, Any]) -> Iterator[Table]:
    """Yield for each language what attacks cost each model, and which rules notice."""
    results = robustness["results"]
    for language in dict.fromkeys(one["language"] for one in results):
        own = [one for one in results if one["language"] == language]
        where = f", {language}" if language else ""
        if own[0]["models"]:
            yield _losses(own, where)
        yield _noticed(own, where)


def _losses(results: Sequence[Mapping[str, Any]], where: str) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for name, clean in results[0]["models"].items():
        # Without numbers to sort by, so that they stay apart from the differences.
        told = (Cell(number(clean[key]["clean"]).text) for key in LOST)
        rows.append(
            (Cell(name), Cell("none"), Cell(NONE), *told, Cell(NONE), Cell(NONE))
        )
        for one in results:
            figures = one["models"][name]
            rows.append(
                (
                    Cell(name),
                    *_strike(one),
                    *(difference(figures[key]) for key in LOST),
                    figure(figures["changed"]),
                    difference(figures["probability"]),
                )
            )
    names = (name_of(key) for key in LOST)
    header = ("model", "attack", "strength", *names, "other label", "probability")
    note = (
        "Differences to the clean texts, whose figures stand under none, with 95 % "
        "intervals by a paired bootstrap over documents. Recall is at the threshold of "
        "clean originals. False alarms: originals with moderate or strong evidence; "
        "what rewrites an original, as synonyms do, is found with right. Other label: "
        "the share of verdicts that changed. Probability: how that of the right label "
        "changed."
    )
    return Table(f"Under attack{where}", header, tuple(rows), 2, note)


def _noticed(results: Sequence[Mapping[str, Any]], where: str) -> Table:
    rows = [
        (
            *_strike(one),
            number(one["n"], ",d"),
            number(one["n_changed"], ",d"),
            number(one["noticed"]),
        )
        for one in results
    ]
    header = ("attack", "strength", "texts", "changed", "noticed")
    note = (
        "Noticed: the share of texts in which rules find a defect that was not there."
    )
    return Table(f"Attacks that rules notice{where}", header, tuple(rows), 1, note)


def _strike(one: Mapping[str, Any]) -> tuple[Cell, Cell]:
    return Cell(one["attack"]), number(one["strength"], "g")
