"""The tables and plots of a report on systems."""

from collections.abc import Iterator, Mapping
from typing import Any

from mtcheck.benchmarking.report import plots
from mtcheck.benchmarking.report.tables import NONE, Cell, Report, Table, number
from mtcheck.rules import FAMILIES, all_rules

NAMES = {
    "made": "probability of a made text",
    "flagged": "flagged at 1 %",
    "machine_mangled": "called machine_mangled",
    "paraphrased": "called paraphrased",
    "findings": "findings",
}
SIGNIFICANT = 0.05

_SHARES = ("made", "flagged", "machine_mangled", "paraphrased")


def summary(report: Report) -> str:
    """Return how many texts of how many systems were compared, and with what."""
    versions = ", ".join(f"{name} {n}" for name, n in report["versions"].items())
    contests = report["contests"]
    compared = "; ".join(
        f"{one['name']}: {one['n']:,} texts of {one['n_documents']:,} documents by "
        f"{len(one['systems'])} systems"
        for one in contests
    )
    return f"{compared}. Measured by {report['model']} with {versions}."


def losses(report: Report) -> Iterator[str]:
    """Yield what is not in the figures, and why."""
    for reason, n in report["skipped"].items():
        yield f"{n:,} records left out: {reason}"
    for error in report["lost"]:
        yield f"lost: {error}"
    least = report["plan"]["least"]
    for contest, few in report["few"].items():
        told = ", ".join(f"{name} ({n})" for name, n in few.items())
        yield f"{contest}: under {least} texts, so not compared: {told}"
    for kind, n in report["unused_scores"].items():
        yield f"{n:,} scores not used: {kind} is given by a program, not by people"
    if not any(contest["apart"] for contest in report["contests"]):
        yield (
            "no system is set apart: they have no documents in common, or no artefact "
            "is frequent enough"
        )
    if not report["correlations"]:
        yield "no correlation: no text has a score that people gave"


def tables(report: Report) -> Iterator[Table]:
    """Yield all tables, the systems first."""
    for contest in report["contests"]:
        yield _systems(contest)
        yield from _families(contest)
    if any(contest["apart"] for contest in report["contests"]):
        yield _apart(report)
    for level in ("systems", "texts"):
        found = [one for one in report["correlations"] if one["level"] == level]
        if found:
            yield _correlations(found, level)


def drawings(report: Report) -> dict[str, str]:
    """Return the plots of a page, by the title of the table that each belongs to."""
    title = f"{NAMES['made']} on the same documents"
    found = {}
    for contest in report["contests"]:
        bars = [
            (_name(one), figure)
            for one in _by_rank(contest)
            if (figure := one["same_documents"]["made"])["value"] is not None
        ]
        about = (
            f"Mean {title}, {contest['name']}, with 95 % intervals; the numbers are in "
            "the table."
        )
        found[_title(contest)] = plots.bars([(title, bars)], about)
    return found


def _title(contest: Mapping[str, Any]) -> str:
    return f"Systems, {contest['name']}"


def _name(system: Mapping[str, Any]) -> str:
    return f"{system['name']} (people)" if system["is_persons"] else system["name"]


def _by_rank(contest: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the systems by their rank; what has none comes last."""

    def key(system: Mapping[str, Any]) -> tuple[float, str]:
        rank = system["rank"]["value"]
        return (float("inf") if rank is None else rank, system["name"])

    return sorted(contest["systems"], key=key)


def _systems(contest: Mapping[str, Any]) -> Table:
    header = (
        "system",
        "rank",
        "on the same documents",
        "made text",
        "flagged at 1 %",
        "machine_mangled",
        "paraphrased",
        "findings",
        "texts",
        "documents",
        "words",
        "not judged",
    )
    rows = [
        (
            Cell(_name(one)),
            _rank(one["rank"]),
            _figure(one["same_documents"]["made"], "made"),
            *(_figure(one["figures"][name], name) for name in NAMES),
            number(one["n"], ",d"),
            number(one["n_documents"], ",d"),
            number(one["n_words"], ",d"),
            number(one["n_abstained"], ",d"),
        )
        for one in _by_rank(contest)
    ]
    note = (
        "Rank 1 is the least like made text: by the mean probability of it on the same "
        "documents, beside that on the system's own. Then the shares of texts with "
        "evidence at 1 % false alarms and with a label, and the findings of rules in "
        "1,000 words. In brackets 95 % intervals by a bootstrap over documents; one "
        "from nought to nought says only that none was found."
    )
    return Table(_title(contest), header, tuple(rows), note=note)


def _families(contest: Mapping[str, Any]) -> Iterator[Table]:
    """Yield the table of findings by family, if there are any."""
    systems = _by_rank(contest)
    names = [
        name
        for name in FAMILIES.values()
        if any(one["figures"].get(name, {}).get("value") for one in systems)
    ]
    if names:
        rows = [
            (
                Cell(_name(one)),
                *(_figure(one["figures"][name], name) for name in names),
            )
            for one in systems
        ]
        title = f"Findings by family of rules, {contest['name']}"
        note = "Of 1,000 words. The JSON has the rules, too."
        yield Table(title, ("system", *names), tuple(rows), note=note)


def _apart(report: Report) -> Table:
    header = (
        "contest",
        "system",
        "artefact",
        "against",
        "rate",
        "difference",
        "p",
        "Holm",
    )
    rows, n_tests = [], 0
    for contest in report["contests"]:
        figures = {one["name"]: one["figures"] for one in contest["systems"]}
        for test in contest["apart"]:
            n_tests += 1
            if test["p_holm"] is None or test["p_holm"] >= SIGNIFICANT:
                continue
            name = test["artefact"]
            rows.append(
                (
                    Cell(contest["name"]),
                    Cell(test["system"]),
                    Cell(_artefact(name)),
                    Cell(test["against"]),
                    _figure(figures[test["system"]][name], name),
                    _figure(test["difference"], name, "+"),
                    number(test["p"], ".4f"),
                    number(test["p_holm"], ".4f"),
                )
            )
    least_p = 1 / (report["plan"]["resamples"] + 1)
    note = (
        f"What is left of {n_tests:,} tests at 5 %: by approximate randomisation, "
        "two-sided, in which systems trade documents. The difference is that to the "
        "other machines, or to people, on the same documents. Holm's correction is "
        f"over all systems by one artefact; p is never below {least_p:.2g}, so that "
        "many systems need more --resamples."
    )
    return Table("What sets systems apart", header, tuple(rows), 4, note)


def _correlations(found: list[Mapping[str, Any]], level: str) -> Table:
    is_of_systems = level == "systems"
    coefficients = ["pearson", "spearman", *["kendall"] * is_of_systems]
    left_out = ["pearson", "spearman"] * is_of_systems
    rows = []
    for one in found:
        about = (
            Cell(one["contest"]),
            Cell(_direction(one["direction"])),
            Cell(one["kind"]),
        )
        counts = number(one["n_systems"], ",d"), number(one["n_texts"], ",d")
        for name in one["artefacts"] or [None]:
            values = one["artefacts"].get(name, {})
            cells = (_figure(values.get(key), "made") for key in coefficients)
            ranges = (_range(values.get(key)) for key in left_out)
            rows.append((*about, Cell(_artefact(name)), *counts, *cells, *ranges))
    notes = {
        "systems": (
            "Artefacts and scores on the same documents. Under three systems nothing "
            "is given. The last columns have the range when any one system is left out."
        ),
        "texts": "Of the texts of each system, pooled.",
    }
    note = (
        "Negative: more artefacts go with worse scores; scores that count faults are "
        f"turned round. {notes[level]} Without people."
    )
    header = (
        "contest",
        "direction",
        "score",
        "artefact",
        "systems",
        "texts",
        *(key.capitalize() for key in coefficients),
        *(f"{key.capitalize()}, one left out" for key in left_out),
    )
    return Table(f"Scores of people, {level}", header, tuple(rows), 4, note)


def _direction(name: str | None) -> str:
    """Return a direction; None stands for all that have systems enough."""
    return "within each of these" if name is None else name or NONE


def _artefact(name: str | None) -> str:
    """Return an artefact in words."""
    if name is None:
        return NONE
    rules = {rule.code: rule.name for rule in all_rules()}
    if name in rules:
        return f"{name} {rules[name]}"
    return NAMES.get(name, f"{name} findings")


def _rank(rank: Mapping[str, float | None]) -> Cell:
    if rank["value"] is None:
        return Cell(NONE)
    text = f"{rank['value']:.3g} ({rank['low']:.3g}–{rank['high']:.3g})"
    return Cell(text, rank["value"])


def _range(found: Mapping[str, Any] | None) -> Cell:
    """Return between what a coefficient lies without one of the systems."""
    if found is None or "least" not in found:
        return Cell(NONE)
    return Cell(f"{found['least']:.3f} to {found['most']:.3f}")


def _figure(found: Mapping[str, Any] | None, artefact: str, sign: str = "") -> Cell:
    """Return a figure with its interval; findings have two digits, shares three."""
    if found is None or found["value"] is None:
        return Cell(NONE)
    form = f"{sign}.{3 if artefact in _SHARES else 2}f"
    value, low, high = (format(found[key], form) for key in ("value", "low", "high"))
    between = " to " if sign or found["low"] < 0 else "–"
    return Cell(f"{value} ({low}{between}{high})", found["value"])
