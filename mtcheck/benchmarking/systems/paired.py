"""Rates of systems over resampled documents, as they are and on the same documents.

Systems seldom have all documents in common. Their rates on the same documents are then
those of least squares, with an effect for each system and one for each document: a
document that one system alone has says nothing of how it differs from others, and where
all systems have as much of every document the two kinds of rates are the same
(least-squares means; Searle, Speed and Milliken 1980).
"""

from dataclasses import dataclass

import numpy as np

from mtcheck.benchmarking.figures import Array

_TOLERANCE = 1e-9
"""Eigenvalues below this share of the largest are nought."""


@dataclass(frozen=True)
class Sums:
    """Counts, and what they are counted by, of the texts of each document and system.

    Shapes are (documents, systems, columns) and (documents, systems).
    """

    counts: Array
    units: Array

    @classmethod
    def of(cls, counts: Array, units: Array, document: Array, system: Array) -> "Sums":
        """Return the sums of texts; ``counts`` have the shape (texts, columns)."""
        shape = int(document.max()) + 1, int(system.max()) + 1
        sums = cls(np.zeros((*shape, counts.shape[1])), np.zeros(shape))
        np.add.at(sums.counts, (document, system), counts)
        np.add.at(sums.units, (document, system), units)
        return sums

    def rates(self, draws: Array) -> Array:
        """Return counts by unit, of shape (resamples, systems, columns).

        ``draws`` have the shape (resamples, documents). NaN where there is no unit.
        """
        return _ratio(_drawn(self.counts, draws), draws @ self.units)

    def adjusted(self, draws: Array) -> Array:
        """Return the rates on the same documents, in the shape of ``rates``.

        NaN for systems that no chain of documents ties to the others, and in resamples
        in which such a chain was not drawn.
        """
        found = np.full((len(draws), *self.counts.shape[1:]), np.nan)
        chosen = _tied(self.units)
        own = Sums(self.counts[:, chosen], self.units[:, chosen])
        solve = own.rates if len(chosen) < 2 else own._fitted
        found[:, chosen] = solve(draws)
        return found

    def beside(self, opponents: Array, draws: Array) -> Array:
        """Return rates less those of opponents in the same documents.

        ``opponents`` are the numbers of systems; none is its own. The shape is that of
        ``rates``; NaN where no document is shared.
        """
        gaps, units = self._beside(opponents)
        return _ratio(_drawn(gaps, draws), draws @ units)

    def traded(self, opponents: Array, n_trades: int, seed: int) -> Array:
        """Return what ``beside`` is where systems trade documents by chance.

        In each document, those that have it draw lots for whose text is whose (Noreen
        1989). The shape is (trades, systems, columns).
        """
        is_shared = (self.units > 0).sum(axis=1) > 1
        own = Sums(self.counts[is_shared], self.units[is_shared])
        random = np.random.default_rng(seed)
        found = []
        for _ in range(n_trades):
            gaps, units = own._drawn_by_lot(random)._beside(opponents)
            found.append(_ratio(gaps.sum(axis=0), units.sum(axis=0)))
        return np.array(found)

    def _beside(self, opponents: Array) -> tuple[Array, Array]:
        """Return gaps to the opponents, and the units that have any beside them."""
        is_own = np.isin(np.arange(self.units.shape[1]), opponents)
        units = self.units[:, opponents].sum(axis=1, keepdims=True)
        units = units - np.where(is_own, self.units, 0)
        counts = self.counts[:, opponents].sum(axis=1, keepdims=True)
        counts = counts - np.where(is_own[:, np.newaxis], self.counts, 0)
        shared = np.where(units > _TOLERANCE, self.units, 0)
        share = (shared / np.maximum(units, _TOLERANCE))[:, :, np.newaxis]
        is_shared = (shared > 0)[:, :, np.newaxis]
        return np.where(is_shared, self.counts - share * counts, 0), shared

    def _drawn_by_lot(self, random: np.random.Generator) -> "Sums":
        """Return the sums with those of each document dealt among its systems."""
        is_there = self.units > 0
        places = np.arange(is_there.shape[1])
        lots = random.random(is_there.shape)
        owner = np.argsort(np.where(is_there, places, np.inf), axis=1, kind="stable")
        source = np.argsort(np.where(is_there, lots, np.inf), axis=1, kind="stable")
        dealt = Sums(np.zeros_like(self.counts), np.zeros_like(self.units))
        rows = np.arange(len(owner))[:, np.newaxis]
        dealt.counts[rows, owner] = self.counts[rows, source]
        dealt.units[rows, owner] = self.units[rows, source]
        return dealt

    def _gaps(self) -> Array:
        """Return counts less what the mean of the document would give."""
        of_document = np.maximum(self.units.sum(axis=1), _TOLERANCE)[:, np.newaxis]
        means = self.counts.sum(axis=1) / of_document
        found: Array = self.counts - self.units[:, :, np.newaxis] * means[:, np.newaxis]
        return found

    def _fitted(self, draws: Array) -> Array:
        """Fit the effects of systems, and put them on the level of all texts."""
        units = self.units
        of_document = np.maximum(units.sum(axis=1), _TOLERANCE)[:, np.newaxis]
        ties = -units[:, :, np.newaxis] * (units / of_document)[:, np.newaxis]
        at = np.arange(units.shape[1])
        ties[:, at, at] += units
        effects = _solved(_drawn(ties, draws), _drawn(self._gaps(), draws))
        drawn_units = draws @ units
        total = drawn_units.sum(axis=1, keepdims=True)
        total[total == 0] = np.nan
        shares = (drawn_units / total)[:, :, np.newaxis]
        level = _drawn(self.counts, draws).sum(axis=1) / total
        found: Array = effects + (level - (shares * effects).sum(axis=1))[:, np.newaxis]
        return found


def _solved(ties: Array, gaps: Array) -> Array:
    """Return the effects of systems, with those of documents swept out.

    These are the normal equations; NaN where no chain of documents ties all systems.
    """
    values, vectors = np.linalg.eigh(ties)
    is_tied = values[:, 1] > _TOLERANCE * values[:, -1]
    values[:, 0] = np.inf  # It is nought, since only differences are known.
    values[~is_tied] = np.nan
    turned = vectors.transpose(0, 2, 1) @ gaps
    found: Array = vectors @ (turned / values[:, :, np.newaxis])
    return found


def _drawn(sums: Array, draws: Array) -> Array:
    """Return what the sums of documents come to in each resample."""
    flat = sums.reshape(len(sums), -1)
    found: Array = (draws @ flat).reshape(len(draws), *sums.shape[1:])
    return found


def _ratio(counts: Array, units: Array) -> Array:
    with np.errstate(divide="ignore", invalid="ignore"):
        found: Array = counts / units[..., np.newaxis]
    return np.where(units[..., np.newaxis] > _TOLERANCE, found, np.nan)


def _tied(units: Array) -> Array:
    """Return the places of the most systems that documents tie together."""
    is_tied = units.T @ units > 0
    for _ in range(len(is_tied).bit_length()):
        is_tied = is_tied @ is_tied
    best: Array = np.flatnonzero(is_tied[is_tied.sum(axis=1).argmax()])
    return best
