"""Simple detectors to compare with: features of a text and logistic regression.

They are fitted to the labelled texts of ``--train``, one for each language.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from mtcheck.benchmarking.data import Row
from mtcheck.benchmarking.figures import Array
from mtcheck.errors import ConfigError
from mtcheck.extract import Extraction, schema
from mtcheck.identify import identify
from mtcheck.models import open_model
from mtcheck.rules import all_rules, find_defects
from mtcheck.segment import passages
from mtcheck.types import LABELS, Document

BASELINES = {
    "perplexity": "surprise under the base model's language model of human text",
    "readability": "readability indices",
    "tfidf": "TF-IDF of words and of characters",
    "phrases": "a list of telling phrases: the wording and residue rules",
}

PHRASE_CODES = ("MT5", "MT6", "MT7", "MT9")
"""Families of rules that look for phrases: of sites, engines, spinners, templates."""

_MOST_TERMS = 100_000


@dataclass(frozen=True)
class Baseline:
    """A baseline that is fitted; ``by_language`` has a pipeline for each."""

    by_language: dict[str, Any]
    kind: str

    def shares(self, rows: Sequence[Row]) -> Array:
        """Return the probabilities of each text; NaN in a language without fit."""
        found = np.full((len(rows), len(LABELS)), np.nan)
        for language, at in _by_language(rows):
            pipeline = self.by_language.get(language)
            if pipeline is not None:
                texts = [rows[place].text for place in at]
                given = pipeline.predict_proba(_inputs(self.kind, texts, language))
                for column, label in enumerate(pipeline.classes_):
                    found[at, label] = given[:, column]
                found[at] = np.nan_to_num(found[at])
        return found


def fit(kind: str, rows: Sequence[Row]) -> Baseline:
    """Return a baseline fitted to labelled texts."""
    pipelines = {}
    for language, at in _by_language(rows):
        truth = [LABELS.index(rows[place].label) for place in at]
        if len(set(truth)) < 2:
            continue
        texts = [rows[place].text for place in at]
        inputs = _inputs(kind, texts, language)
        pipelines[language] = _pipeline(kind).fit(inputs, truth)
    if not pipelines:
        raise ConfigError(
            f"model {kind}: needs training texts of two labels in one language; name "
            "them with --train"
        )
    return Baseline(pipelines, kind)


def _by_language(rows: Sequence[Row]) -> Iterator[tuple[str, list[int]]]:
    known = open_model().languages
    places: dict[str, list[int]] = {}
    for at, row in enumerate(rows):
        language = row.language or identify(row.text)
        if language in known:
            places.setdefault(language, []).append(at)
    yield from sorted(places.items())


def _pipeline(kind: str) -> Any:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline, make_union
    from sklearn.preprocessing import StandardScaler

    # A rare label is not to be given up; but where no phrase is found, most texts are
    # what most are.
    balance = None if kind == "phrases" else "balanced"
    # The usual tolerance is that of a weight; with so many of them the fit would end
    # before it began.
    model = LogisticRegression(class_weight=balance, max_iter=1000, tol=1e-5)
    if kind != "tfidf":
        imputer = SimpleImputer(keep_empty_features=True)
        return make_pipeline(imputer, StandardScaler(), model)
    words = TfidfVectorizer(
        ngram_range=(1, 2), sublinear_tf=True, max_features=_MOST_TERMS
    )
    characters = TfidfVectorizer(
        analyzer="char_wb",
        ngram_range=(2, 4),
        sublinear_tf=True,
        max_features=_MOST_TERMS,
    )
    return make_pipeline(make_union(words, characters), model)


def _inputs(kind: str, texts: Sequence[str], language: str) -> Any:
    """Return what a baseline looks at: texts, or an array of numbers."""
    if kind == "tfidf":
        return texts
    found = [
        next(passages(Document(text, language=language), "blank")) for text in texts
    ]
    if kind == "phrases":
        codes = [rule.code for rule in all_rules() if rule.code[:3] in PHRASE_CODES]
        rules = tuple(rule for rule in all_rules() if rule.code in codes)
        counts = np.zeros((len(found), len(codes)))
        for at, passage in enumerate(found):
            for finding in find_defects(passage, rules):
                counts[at, codes.index(finding.code)] += 1
        return counts
    names = schema().names
    wanted = [name for name in names if name.startswith(f"{kind}.")]
    resources = open_model().resources(language)
    extraction = Extraction(resources, language, wanted=wanted)
    columns = [names.index(name) for name in wanted]
    return extraction.measure_all(found)[:, columns]
