"""scikit-learn objects: from text to named features, and from features to labels."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassifierMixin, TransformerMixin
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from mtcheck.classify import AdditiveModel, Array, softmax
from mtcheck.extract import Extraction, Tier, schema
from mtcheck.models import DEFAULT, open_model
from mtcheck.segment import passages
from mtcheck.types import Document


class FeatureExtractor(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """From texts to the features of a model's extractors; each text is one paragraph.

    Parameters
    ----------
    language : str
        Code of the language of all texts.
    model : str or Path
        Name or folder of the model whose language models and tables are used.
    tier : {"fast", "full"}
        Which extractors to run.

    """

    def __init__(
        self, language: str = "en", model: str | Path = DEFAULT, tier: Tier = "full"
    ) -> None:
        self.language = language
        self.model = model
        self.tier = tier

    def fit(self, X: Iterable[str], y: object = None) -> Self:
        """Learn nothing; the extractors come with the model."""
        return self

    def transform(self, X: Iterable[str]) -> Array:
        """Return the features of each text, shape (texts, features); NaN: not measured.

        Raises a TypeError where a text is not a string, a ModelError where the model
        cannot be opened.
        """
        if isinstance(X, str):
            raise TypeError(
                "X must be an iterable of texts, got one text; put it in a list"
            )
        texts = list(X)
        for text in texts:
            if not isinstance(text, str):
                raise TypeError(
                    f"each text must be a string, got {type(text).__name__}"
                )
        resources = open_model(self.model).resources(self.language)
        extraction = Extraction(resources, self.language, self.tier)
        vectors = np.full((len(texts), len(extraction.schema.names)), np.nan)
        # Blank lines part paragraphs; here a text is one, whatever it holds.
        joined = [
            Document(" ".join(text.split()), language=self.language) for text in texts
        ]
        found = [list(passages(document, "blank")) for document in joined]
        measured = [at for at, own in enumerate(found) if own]
        vectors[measured] = extraction.measure_all([found[at][0] for at in measured])
        return vectors

    def get_feature_names_out(
        self, input_features: object = None
    ) -> NDArray[np.object_]:
        """Return the names of the features, in the order of the columns."""
        return np.array(schema(self.tier).names, dtype=object)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.two_d_array = False
        tags.requires_fit = False
        return tags

    def __sklearn_is_fitted__(self) -> bool:
        return True


class VerdictClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Boosted trees without interactions, kept as a table a feature.

    A generalised additive model (Lou, Caruana and Gehrke, KDD 2012): ``contributions``
    says exactly what each feature added to each label.

    Parameters
    ----------
    n_bins : int
        Most bins a feature is cut into, at its quantiles.
    max_iter, learning_rate, max_leaf_nodes, min_samples_leaf, l2_regularization
        As in ``HistGradientBoostingClassifier``.
    random_state : int or None
        Seed of the boosting.

    """

    def __init__(
        self,
        n_bins: int = 32,
        max_iter: int = 300,
        learning_rate: float = 0.06,
        max_leaf_nodes: int = 4,
        min_samples_leaf: int = 20,
        l2_regularization: float = 10.0,
        random_state: int | None = None,
    ) -> None:
        self.n_bins = n_bins
        self.max_iter = max_iter
        self.learning_rate = learning_rate
        self.max_leaf_nodes = max_leaf_nodes
        self.min_samples_leaf = min_samples_leaf
        self.l2_regularization = l2_regularization
        self.random_state = random_state

    def fit(
        self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None
    ) -> Self:
        """Fit tables to vectors of shape (texts, features); NaN means not measured."""
        vectors, labels = validate_data(
            self, X, y, dtype=np.float64, ensure_all_finite="allow-nan"
        )
        check_classification_targets(labels)
        self.classes_, codes = np.unique(labels, return_inverse=True)
        if len(self.classes_) < 2:
            raise ValueError(
                "y must hold at least two classes, got one class; add texts of another"
            )
        weights = (
            np.ones(len(codes))
            if sample_weight is None
            else np.asarray(sample_weight, float)
        )
        edges = [_quantile_edges(column, self.n_bins) for column in vectors.T]
        used = [at for at, edge in enumerate(edges) if len(edge)]
        binned = np.column_stack(
            [_bins(vectors[:, at], edges[at]) for at in used] or [np.zeros(len(codes))]
        )
        trees = self._trees().fit(binned, codes, sample_weight=weights)
        self.n_iter_ = trees.n_iter_
        self.model_ = self._tabulate(trees, edges, used, binned, weights)
        return self

    def _trees(self) -> HistGradientBoostingClassifier:
        return HistGradientBoostingClassifier(
            max_iter=self.max_iter,
            learning_rate=self.learning_rate,
            max_leaf_nodes=self.max_leaf_nodes,
            min_samples_leaf=self.min_samples_leaf,
            l2_regularization=self.l2_regularization,
            interaction_cst="no_interactions",
            early_stopping=False,
            random_state=self.random_state,
        )

    def contributions(self, X: ArrayLike) -> Array:
        """Return what each feature adds, of shape (texts, features, classes)."""
        vectors = self._checked(X)
        return self.model_.contributions(vectors)

    def predict_proba(self, X: ArrayLike) -> Array:
        """Return the probability of each class, of shape (texts, classes)."""
        vectors = self._checked(X)
        return softmax(self.model_.logits(vectors))

    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """Return the most probable class of each text."""
        places = self.predict_proba(X).argmax(axis=1)
        found: NDArray[Any] = self.classes_[places]
        return found

    def _checked(self, X: ArrayLike) -> Array:
        check_is_fitted(self)
        found: Array = validate_data(
            self, X, dtype=np.float64, ensure_all_finite="allow-nan", reset=False
        )
        return found

    def _tabulate(
        self,
        trees: HistGradientBoostingClassifier,
        edges: Sequence[Array],
        used: Sequence[int],
        binned: Array,
        weights: Array,
    ) -> AdditiveModel:
        """Read the tables off the trees: one feature moves, the others stand still."""
        n_rows = max((len(edge) for edge in edges), default=0) + 2
        probes = np.zeros((len(used) * n_rows + 1, binned.shape[1]))
        for place in range(len(used)):
            probes[place * n_rows : (place + 1) * n_rows, place] = [
                *range(n_rows - 1),
                np.nan,
            ]
        answers = trees.decision_function(probes)
        if answers.ndim == 1:  # two classes: scikit-learn gives the second's log-odds
            answers = np.column_stack([np.zeros(len(answers)), answers])
        intercept = answers[-1].copy()
        scores = [np.zeros((len(edge) + 2, len(intercept))) for edge in edges]
        for place, at in enumerate(used):
            table = answers[place * n_rows : (place + 1) * n_rows] - answers[-1]
            table = np.concatenate([table[: len(edges[at]) + 1], table[-1:]])
            codes = binned[:, place]
            rows = np.where(np.isnan(codes), len(edges[at]) + 1, codes).astype(int)
            # A score of zero is that of the average text.
            mean = np.average(table[rows], axis=0, weights=weights)
            scores[at] = table - mean
            intercept += mean
        names = getattr(
            self, "feature_names_in_", [f"x{at}" for at in range(len(edges))]
        )
        labels = tuple(range(len(intercept)))
        return AdditiveModel(
            tuple(names), tuple(edges), tuple(scores), intercept, labels
        )

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        return tags


def _quantile_edges(column: Array, n_bins: int) -> Array:
    """Return the edges between the bins; none where the column holds one value."""
    measured = np.unique(column[~np.isnan(column)])
    if len(measured) < 2:
        return np.empty(0)
    every = column[~np.isnan(column)]
    edges = np.unique(np.quantile(every, np.linspace(0, 1, n_bins + 1)[1:-1]))
    # Rates are zero nearly everywhere; without these their other values share its bin.
    if len(edges) < n_bins // 2:
        rest = measured[np.linspace(0, len(measured) - 1, n_bins // 2).astype(int)]
        edges = np.unique(np.concatenate([edges, rest]))
    inner: Array = edges[edges < measured[-1]]
    return inner


def _bins(column: Array, edges: Array) -> Array:
    bins = np.searchsorted(edges, column, side="left").astype(float)
    bins[np.isnan(column)] = np.nan
    return bins
