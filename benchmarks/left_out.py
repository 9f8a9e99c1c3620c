"""``python -m benchmarks.left_out``: figures on sources that the model has not seen.

Every row of ``train`` and ``dev`` is judged by a model that saw nothing of its source,
and so of its system, its spinner or its translator: ten folds of whole sources. Scale,
leaning, contexts and thresholds are those of the other folds as well.
"""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click
import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from threadpoolctl import threadpool_limits

from benchmarks.figures import (
    Sample,
    documents,
    figures,
    intervals,
    passing,
    pooled,
    recalls,
    strata,
)
from benchmarks.quality import NAMES, named, shown, strata_table
from benchmarks.record import (
    data_file,
    data_option,
    fingerprint,
    heading,
    language_option,
    output_option,
    signature,
    table,
    versions,
    write,
)
from mtcheck.benchmarking.figures import MADE, Array, area
from mtcheck.classify import IN_FAVOUR, softmax
from mtcheck.errors import InputError, MtcheckError
from mtcheck.estimators import VerdictClassifier
from mtcheck.extract import schema
from mtcheck.types import LABELS, Label
from training.additive import (
    WORDS,
    Unseen,
    fit_additive,
    fit_context,
    fit_leaning,
    leaning,
    slope_for,
)
from training.build import gather
from training.damage import made_rows
from training.data import PLAIN_PREFIX, Row
from training.false_alarms import FEWEST, Levels, is_human, thresholds, wilson
from training.fit import UNUSED, groups, in_documents, unused
from training.folds import (
    DOCUMENT_FOLDS,
    document_folds,
    leave_all_labels,
    source_folds,
)
from training.kenlm_tools import find_or_build
from training.kinds import KINDS, kind_index
from training.measured import Corpus, Measured, Say, measure_out_of_fold

N_FOLDS = 10

RELATIVES = {
    "plain_fiction": "eltec",
    "eltec_eng_novels": "eltec",
    "eltec_deu_novels": "eltec",
    "litbank_novels": "eltec",
    "german_novels68": "eltec",
    "plain_gov_undebates": "un_debates",
    "plain_forum_20news1993": "20newsgroups",
    "plain_news_bbc2005": "bbc_news",
    "plain_news_reuters21578": "reuters21578",
    "plain_reviews_imdb2011": "imdb_reviews",
    "plain_wiki2014": "enwiki2014",
    "plain_wiki2019_it": "dewiki2019_it",
    "plain_gov_bundestag18": "bundestag18",
    "plain_legal_gesetze": "gesetze_im_internet",
    "plain_news_fangcovid": "fangcovid",
    "fangcovid_zeit": "fangcovid",
    "fangcovid_sueddeutsche": "fangcovid",
    "fangcovid_tagesspiegel": "fangcovid",
}
"""Sources that are parts of one; they are left out together."""

GROUPS = ("perplexity", "rules", "style", "surface", "synonyms")
"""Groups of features that are left away, or added where they are not used, in turn."""

WEAK = ("wmt08_14", "wmt16")
"""Sources whose systems are set against human text of the same documents."""


@dataclass(frozen=True)
class Judged:
    """Rows with probabilities by models that did not see their sources.

    ``firm`` are those before short text leans towards people: of a document's
    paragraphs these are pooled, as the program does, for what leans is the document.
    ``short`` is how far it leans in each fold.
    """

    rows: tuple[Row, ...]
    folds: NDArray[np.intp]
    shares: Array
    firm: Array
    short: Mapping[int, float]


def turned(group: str, left_away: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """Return the name of a model that turns a group around, and what it leaves away.

    Where the shipped model, which leaves away ``left_away``, judges by features of the
    group, this one does not; else it does, but for those that no model judges by.
    """
    own = [name for name in schema().names if name.startswith(f"{group}.")]
    usable = {name for name in own if name not in UNUSED}
    if usable <= set(left_away):
        return f"with {group}", tuple(name for name in left_away if name not in usable)
    return f"without {group}", (*left_away, *own)


def judge(
    measured: Measured,
    folds: NDArray[np.intp],
    left_away: Sequence[str],
    seed: int,
    say: Say,
) -> tuple[Judged, Judged]:
    """Return the strange rows, and the learners', as the other folds judge them."""
    names = schema().names
    is_learner = measured.is_noncommercial
    is_window = measured.is_part & ~is_learner & ~measured.is_damaged
    strange = ~measured.is_familiar & ~measured.is_damaged
    n_words = measured.vectors[:, names.index(WORDS)]
    logits = np.full((len(measured.rows), len(LABELS)), np.nan)
    for fold in sorted(set(folds.tolist())):
        say(f"judging fold {fold + 1}")
        kept = measured.take(np.flatnonzero((folds != fold) & ~is_learner))
        model = fit_additive(names, kept, left_away, seed)
        inside = np.flatnonzero(strange & (folds == fold))
        logits[inside] = model.logits(measured.vectors[inside])
    own, learners, windows = (
        np.flatnonzero(strange & flag)
        for flag in (~is_learner & ~is_window, is_learner, is_window)
    )
    met = own[[_is_met(measured.rows[at]) for at in own]]
    shares, firm = np.empty_like(logits), np.empty_like(logits)
    short = {}
    for fold in sorted(set(folds.tolist())):
        # Made rows, and plain text, would not be met in these numbers.
        whole, parts = (some[folds[some] != fold] for some in (met, windows))
        slope = _slope(logits[whole], measured.take(whole))
        lean = fit_leaning(
            *(
                Unseen(slope * logits[some], measured.labels[some], n_words[some])
                for some in (whole, parts)
            )
        )
        short[fold] = lean.short
        inside = folds == fold
        scaled = slope * logits[inside]
        shares[inside] = softmax(scaled + lean.gains(n_words[inside]))
        firm[inside] = softmax(scaled + lean.always * IN_FAVOUR)

    def found(places: NDArray[np.intp]) -> Judged:
        rows = measured.take(places).rows
        return Judged(rows, folds[places], shares[places], firm[places], short)

    return found(own), found(learners)


def _slope(logits: Array, rows: Measured) -> float:
    return slope_for(lambda slope: slope * logits, rows)


def _is_met(row: Row) -> bool:
    return not row.is_made and not row.source.startswith(PLAIN_PREFIX)


def false_alarms(judged: Judged, learners: Judged) -> list[dict[str, Any]]:
    """Return how often people of a fold pass the thresholds of the other folds."""
    human = is_human(judged.rows)
    passed: dict[tuple[str, str, str], list[NDArray[np.bool_]]] = {}
    for fold in sorted(judged.short):
        others = np.flatnonzero(judged.folds != fold)
        levels = thresholds([judged.rows[at] for at in others], judged.shares[others])
        groups = {
            "people": judged.shares[human & (judged.folds == fold)],
            "learners": learners.shares[learners.folds == fold],
        }
        for label, rate, level in _each(levels):
            for name, shares in groups.items():
                hits = shares[:, LABELS.index(label)] > level
                passed.setdefault((name, label, rate), []).append(hits)
    return [
        {"group": name, "label": label, "rate": rate, **_share(hits)}
        for (name, label, rate), hits in sorted(passed.items())
        if sum(map(len, hits))
    ]


def in_company(judged: Judged) -> list[dict[str, Any]]:
    """Return how much passes the thresholds of a document, and of its paragraphs.

    How paragraphs inform each other is told by the other folds as well. What findings
    add is not told apart: labelled rows have next to none. A reading is left out where
    the other folds have too few texts of people for a threshold.
    """
    passed: dict[tuple[str, str, str, str], list[NDArray[np.bool_]]] = {}
    logits = np.log(judged.firm)
    given = np.array([not row.is_made for row in judged.rows], bool)
    met = np.array([_is_met(row) for row in judged.rows], bool)

    def part(chosen: NDArray[np.bool_]) -> tuple[list[Row], Array]:
        rows = [judged.rows[at] for at in np.flatnonzero(chosen)]
        return rows, logits[chosen]

    for fold, short in sorted(judged.short.items()):
        others = given & (judged.folds != fold)
        known, plain = (groups(*part(others & some)) for some in (met, ~met))
        context = fit_context(known, plain, [0.0] * len(LABELS), short)
        there, here = (
            in_documents([(rows, found, np.zeros_like(found))], context)
            for rows, found in map(part, (others, given & (judged.folds == fold)))
        )
        for reading, read in there.items():
            if is_human(read.rows).sum() < FEWEST:
                continue
            own = here[reading]
            of = {"people": is_human(own.rows)} | {
                str(label): np.array([row.label == label for row in own.rows], bool)
                for label in MADE
            }
            for label, rate, level in _each(thresholds(*read)):
                hits = own.shares[:, LABELS.index(label)] > level
                for name in ("people", str(label)):
                    key = (reading, label, rate, name)
                    passed.setdefault(key, []).append(hits[of[name]])
    return [
        {"reading": reading, "label": label, "rate": rate, "group": name} | _share(hits)
        for (reading, label, rate, name), hits in sorted(passed.items())
        if sum(map(len, hits))
    ]


def _each(levels: Levels) -> Iterator[tuple[Label, str, float]]:
    for label, found in levels.items():
        for rate, level in found.items():
            yield Label(label), rate, level


def _share(hits: Sequence[NDArray[np.bool_]]) -> dict[str, Any]:
    """Return the share that passes of all folds together, with its interval."""
    every = np.concatenate(hits)
    n, n_passed = len(every), int(every.sum())
    low, high = wilson(n_passed, n)
    return {"n": n, "share": n_passed / n, "low": max(low, 0.0), "high": high}


def weak_systems(judged: Judged) -> dict[str, Any]:
    """Return the area of old systems against human text of the same documents."""
    sources = np.array([row.source for row in judged.rows])
    labels = np.array([row.label for row in judged.rows])
    texts = np.array([row.doc_id for row in judged.rows])
    at = LABELS.index(Label.MACHINE_MANGLED)
    found = {}
    for name in (*WEAK, "both"):
        own = np.isin(sources, WEAK if name == "both" else [name])
        machine = own & (labels == Label.MACHINE_MANGLED)
        people = own & (labels == Label.ORIGINAL)
        people &= np.isin(texts, np.unique(texts[machine]))
        if machine.any() and people.any():
            found[name] = {
                "n": int(machine.sum()),
                "n_human": int(people.sum()),
                "auc": area(judged.shares[machine, at], judged.shares[people, at]),
            }
    return found


def long_documents(judged: Judged, least: int) -> dict[str, Any]:
    """Return recalls at 1 % of documents of ``least`` paragraphs and more."""
    rows, shares = pooled(judged.rows, judged.firm, least)
    human = np.array([row.detail == "human" for row in rows])
    found: dict[str, Any] = {"n_human": int(human.sum())}
    for label in MADE:
        own = np.array([row.label == label for row in rows])
        scores = shares[:, LABELS.index(label)]
        found[str(label)] = {
            "n": int(own.sum()),
            "auc": area(scores[own], scores[human]),
            "recall_at_0.01": recalls(scores[own], scores[human])[0],
        }
    return found


def judge_dev(
    measured: Measured, is_dev: NDArray[np.bool_], left_away: Sequence[str], seed: int
) -> Sample:
    """Return ``dev`` as a model of the rows of ``train`` judges it."""
    names = schema().names
    is_learner = measured.is_noncommercial
    train = measured.take(np.flatnonzero(~is_dev & ~is_learner))
    strange = is_dev & ~measured.is_familiar & ~measured.is_part & ~is_learner
    dev = measured.take(np.flatnonzero(strange))
    logits = fit_additive(names, train, left_away, seed).logits(dev.vectors)
    logits = _slope(logits, dev) * logits
    gains = leaning(logits, dev.labels) * IN_FAVOUR
    return Sample.of(dev.rows, softmax(logits + gains))


def artefacts(
    measured: Measured, is_dev: NDArray[np.bool_], folds: NDArray[np.intp], seed: int
) -> tuple[Sample, Judged]:
    """Return dev, and sources left out, judged by quotes, final stop and length alone.

    A check, no model: what these reach is what the sources differ by, and no figure
    means more than what it is above them.
    """
    usable = ~measured.is_noncommercial & ~measured.is_familiar & ~measured.is_part
    usable &= np.array([not row.is_made for row in measured.rows])
    places = np.flatnonzero(usable)
    rows, is_dev, folds = measured.take(places), is_dev[places], folds[places]
    traces = _traces(rows.rows)

    def judged_by_others(own: NDArray[np.bool_]) -> Array:
        classifier = VerdictClassifier(max_iter=150, random_state=seed)
        classifier.fit(traces[~own], rows.labels[~own], rows.weights[~own])
        found: Array = classifier.predict_proba(traces[own])
        return found

    of_dev = [row for row, is_own in zip(rows.rows, is_dev, strict=True) if is_own]
    shares = np.empty((len(places), len(LABELS)))
    for fold in np.unique(folds):
        shares[folds == fold] = judged_by_others(folds == fold)
    dev = Sample.of(of_dev, judged_by_others(is_dev))
    return dev, Judged(rows.rows, folds, shares, shares, {})


def _traces(rows: Sequence[Row]) -> Array:
    quotes = ('"', "“”„‘’", "«»", "'`")
    return np.array(
        [
            [
                float(row.text.count(" ") + 1),
                float(row.text.rstrip("\"“”»’'")[-1:] in {".", "!", "?"}),
                *[float(sum(row.text.count(one) for one in kind)) for kind in quotes],
            ]
            for row in rows
        ]
    )


def family(row: Row) -> Row:
    """Return the row with the name of all that is left out with its source."""
    return replace(row, source=RELATIVES.get(row.source, row.source))


def measure(
    data: Path, language: str, seed: int, say: Say
) -> tuple[Measured, NDArray[np.intp], NDArray[np.bool_]]:
    """Measure ``train`` and ``dev``; return rows, their folds, and which are of dev.

    An InputError where there are too few sources to leave whole ones out.
    """
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        gathered = gather(data, language, (), folder, find_or_build(), seed, say)
        free = [row for row in gathered.dev if not row.is_noncommercial]
        tied = [row for row in gathered.dev if row.is_noncommercial]
        rows = (*gathered.train, *free)
        parts = made_rows(rows, seed) + [(0, row) for row in tied]
        made_of, made = zip(*parts, strict=True)
        by_source = source_folds([family(row) for row in rows], N_FOLDS)
        if not leave_all_labels(by_source, rows):
            path = data_file(data, "train", language)
            raise InputError(str(path), "too few sources to leave whole ones out")
        measured, _ = measure_out_of_fold(
            Corpus.of(rows, folder),
            Corpus.of(made, folder),
            made_of,
            by_source,
            document_folds(rows, DOCUMENT_FOLDS),
            say,
        )
    folds = np.array([*by_source, *[by_source[at] for at in made_of], *by_source])
    places = np.arange(len(rows)) >= len(gathered.train)
    is_dev = np.array([*places, *places[list(made_of)], *places])
    return measured, folds, is_dev


@click.command()
@data_option("paragraphs/, lm/ and lexicons/")
@language_option
@click.option(
    "--replicates",
    default=300,
    show_default=True,
    type=click.IntRange(1),
    help="Draws.",
)
@click.option("--seed", default=7, show_default=True, help="Seed of all that is drawn.")
@output_option
def main(data: Path, language: str, replicates: int, seed: int, output: Path) -> None:
    """Train and judge by folds of whole sources, and report figures with intervals."""
    console = Console(stderr=True)

    def say(step: str) -> None:
        console.print(f"{language}: {step}", highlight=False)

    path = data_file(data, "train", language)
    try:
        with threadpool_limits(1):
            measured, folds, is_dev = measure(data, language, seed, say)
            shipped = unused(measured.rows)
            judged, learners = judge(measured, folds, shipped, seed, say)
            models = [
                ("as shipped", judge_dev(measured, is_dev, shipped, seed), judged)
            ]
            for group in GROUPS:
                name, left_away = turned(group, shipped)
                say(name)
                own, _ = judge(measured, folds, left_away, seed, say)
                models.append((name, judge_dev(measured, is_dev, left_away, seed), own))
            alone = artefacts(measured, is_dev, folds, seed)
            models.append(("quotes, final stop and length alone", *alone))
    except MtcheckError as error:
        raise click.ClickException(str(error)) from error
    settings = {
        "schema": schema().fingerprint,
        "lang": language,
        "data": f"train.{language}@{fingerprint(path)}",
        "folds": N_FOLDS,
        "replicates": replicates,
        "seed": seed,
    }
    common = {
        "signature": signature(None, **settings),
        "versions": versions(),
        "language": language,
    }
    found = common | _assess(judged, learners, replicates, seed)
    click.echo(write(output, f"left_out.{language}", report(found), found), nl=False)
    say("intervals of the groups of features")
    lost = common | {
        "groups": [
            {
                "model": name,
                "dev": with_intervals(dev, replicates, seed),
                "left_out": {key: found[key] for key in ("figures", "intervals")}
                if own is judged
                else with_intervals(_met(own), replicates, seed),
                "made": made_recalls(own),
            }
            for name, dev, own in models
        ]
    }
    name = f"ablation.{language}"
    click.echo(write(output, name, ablation_report(lost), lost), nl=False)


def _assess(
    judged: Judged, learners: Judged, n_replicates: int, seed: int
) -> dict[str, Any]:
    met = [row for row in judged.rows if _is_met(row)]
    every, sample = Sample.of(judged.rows, judged.shares), _met(judged)
    details = [(row.detail, row.tier or "-") for row in judged.rows]
    systems = [(row.source, row.system or "-") for row in judged.rows]
    return {
        "n": len(met),
        "n_documents": len({row.doc_id for row in met}),
        **with_intervals(sample, n_replicates, seed),
        "documents": documents(met, sample),
        "long_documents": long_documents(judged, 4),
        "weak_systems": weak_systems(judged),
        "false_alarms": false_alarms(judged, learners),
        "in_company": in_company(judged),
        "by_detail": named(strata(every, details)),
        "by_source": named(strata(every, [(row.source,) for row in judged.rows])),
        "by_system": [
            item
            for item in named(strata(every, systems))
            if item["n"] >= FEWEST and not item["stratum"].startswith("original")
        ],
    }


def _met(judged: Judged) -> Sample:
    is_met = np.array([_is_met(row) for row in judged.rows])
    met = [row for row, is_own in zip(judged.rows, is_met, strict=True) if is_own]
    return Sample.of(met, judged.shares[is_met])


def with_intervals(sample: Sample, n_replicates: int, seed: int) -> dict[str, Any]:
    """Return the headline figures of a sample, and their intervals."""
    return {
        "figures": figures(sample),
        "intervals": intervals(sample, n_replicates, seed),
    }


def made_recalls(judged: Judged) -> dict[str, float]:
    """Return how much of what is made here passes what 1 % of the people pass."""
    every = Sample.of(judged.rows, judged.shares)
    kinds = [KINDS[kind_index(row)] if row.is_made else None for row in judged.rows]
    found = {}
    for kind in (kind for kind in KINDS if kind in kinds):
        own = judged.shares[[one is kind for one in kinds]]
        found[kind.name] = passing(own, every)[str(kind.label)]
    return found


def report(raw: Mapping[str, Any]) -> list[str]:
    """Return the lines of the Markdown report."""
    lines = [
        *heading(f"Sources left out, {raw['language']}", raw),
        f"{raw['n']:,} paragraphs of {raw['n_documents']:,} documents of train and "
        "dev, each judged by a model that saw neither its source nor its system; "
        "intervals: 95 %, bootstrap over documents. Spun text, round trips and plain "
        "text stand in the tables below and not in these figures.",
        "",
        *table(("", "here", "interval"), _headlines(raw)),
        "",
        f"Documents of two and more paragraphs: macro-F1 "
        f"{shown(raw['documents']['macro_f1'])} over {raw['documents']['n']}.",
        "",
        "## Documents of four and more paragraphs",
        "",
        *table(
            ("", "n", "against", "AUC", "recall at 1 %"),
            [
                (
                    label,
                    f"{found['n']}",
                    f"{raw['long_documents']['n_human']}",
                    shown(found["auc"]),
                    shown(found["recall_at_0.01"])
                    if raw["long_documents"]["n_human"] >= FEWEST
                    else "",
                )
                for label, found in raw["long_documents"].items()
                if label != "n_human"
            ],
        ),
        "",
        "## Old systems against human text of the same documents",
        "",
        *table(
            ("", "n", "human", "AUC"),
            [
                (name, f"{item['n']}", f"{item['n_human']}", shown(item["auc"]))
                for name, item in raw["weak_systems"].items()
            ],
        ),
        "",
        "## False alarms at the thresholds of the other folds",
        "",
        *table(
            ("", "threshold", "n", "pass", "interval"),
            [
                (
                    f"{item['group']}, {item['label']}",
                    item["rate"],
                    f"{item['n']:,}",
                    f"{item['share']:.4f}",
                    f"{item['low']:.4f}–{item['high']:.4f}",
                )
                for item in raw["false_alarms"]
            ],
        ),
    ]
    if raw["in_company"]:
        lines += ["", "## The same in documents", "", *company_table(raw["in_company"])]
    for title, key in (
        ("By detail and tier", "by_detail"),
        ("By source", "by_source"),
        ("By source and system, of 100 and more", "by_system"),
    ):
        lines += ["", f"## {title}", "", *strata_table(raw[key])]
    return lines


_READ = {"together": "paragraphs among others", "document": "documents"}


def company_table(items: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the lines of the table of documents and of their paragraphs."""
    found = {
        (item["reading"], item["label"], item["rate"], item["group"]): item
        for item in items
    }

    def cells(item: Mapping[str, Any] | None) -> tuple[str, ...]:
        if item is None:
            return ("", "", "")
        spread = f"{item['low']:.4f}–{item['high']:.4f}"
        return f"{item['n']:,}", f"{item['share']:.4f}", spread

    keys = sorted(
        {key[:3] for key in found}, key=lambda key: (key[0] != "together", *key)
    )
    return table(
        ("", "threshold", "people", "pass", "interval", "made", "found", "interval"),
        [
            (
                f"{_READ[reading]}, {label}",
                rate,
                *cells(found.get((reading, label, rate, "people"))),
                *cells(found.get((reading, label, rate, label))),
            )
            for reading, label, rate in keys
        ],
    )


def ablation_report(raw: Mapping[str, Any]) -> list[str]:
    """Return the lines of the report on groups of features."""
    columns = ["macro_f1", *[f"{label}.{name}" for label in MADE for name in _SHOWN]]
    head = ("", *[_column(name) for name in columns])

    def row(item: Mapping[str, Any], sample: str) -> tuple[str, ...]:
        found, spread = item[sample]["figures"], item[sample]["intervals"]
        cells = [
            f"{shown(found[name])} ({shown(spread[name][0])}–{shown(spread[name][1])})"
            for name in columns
        ]
        return (item["model"], *cells)

    made = sorted({kind for item in raw["groups"] for kind in item["made"]})
    return [
        *heading(f"Groups of features, {raw['language']}", raw),
        "Models that lack a group each, or have one that the shipped model lacks. "
        "Intervals: 95 %, bootstrap over documents. "
        "A group stays for what it adds in one of the three tables; rules are measured "
        "in damaged and scraped text as well, and labelled rows have next to none of "
        "what they find.",
        "",
        "## On dev, by models of the rows of train",
        "",
        *table(head, [row(item, "dev") for item in raw["groups"]]),
        "",
        "## On sources of train and dev left out",
        "",
        *table(head, [row(item, "left_out") for item in raw["groups"]]),
        "",
        "## Recall at 1 % of what is made here, by makers left out",
        "",
        *table(
            ("", *made),
            [
                (item["model"], *[shown(item["made"][kind]) for kind in made])
                for item in raw["groups"]
                if item["made"]
            ],
        ),
    ]


_SHOWN = ("auc", "recall_at_0.01")


def _column(name: str) -> str:
    label, dot, measure = name.partition(".")
    return f"{label}: {NAMES[measure]}" if dot else NAMES[name]


def _headlines(raw: Mapping[str, Any]) -> list[list[str]]:
    rows = []
    for name, value in raw["figures"].items():
        low, high = raw["intervals"][name]
        rows.append([_column(name), shown(value), f"{shown(low)}–{shown(high)}"])
    return rows


if __name__ == "__main__":
    main()
