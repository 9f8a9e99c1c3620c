"""What expressions name, from the columns of a table of scores."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from mtcheck.filtering import values
from mtcheck.filtering.expressions import Aggregate
from mtcheck.filtering.values import Values
from mtcheck.types import LABELS

PLACE = ("document", "paragraph", "start", "end")
"""The columns that say which text a row is about."""


def columns_of(names: Iterable[str]) -> set[str]:
    """Return the columns of a table that names need, with those of the place.

    >>> sorted(columns_of(["original", "length"]))
    ['document', 'end', 'paragraph', 'probabilities', 'start']
    """
    homes = dict.fromkeys(map(str, LABELS), "probabilities") | {"length": "start"}
    return {*PLACE, *(homes.get(name, name) for name in names)}


class Rows:
    """Rows of a table of scores, as expressions ask for them.

    Those of documents come with what the aggregates of the expressions are.
    """

    def __init__(
        self, batch: "pa.RecordBatch", aggregates: Mapping[Aggregate, Values] = {}
    ) -> None:
        self.batch = batch
        self._aggregates = aggregates
        self._kept: dict[object, Values] = {}

    def __len__(self) -> int:
        return int(self.batch.num_rows)

    def named(self, name: str) -> Values:
        """Return the values of a name, null where it is not known."""
        return self._keep(name, lambda: self._named(name))

    def matching(self, code: str) -> Values:
        """Return how many findings a code, its start or the name of a rule means."""
        return self._keep(("matching", code), lambda: self._matching(code))

    def aggregated(self, aggregate: Aggregate) -> Values:
        """Return the values of an aggregate."""
        return self._aggregates[aggregate]

    def _keep(self, key: object, make: Callable[[], Values]) -> Values:
        if key not in self._kept:
            self._kept[key] = make()
        return self._kept[key]

    def _named(self, name: str) -> Values:
        if name == "length":
            return pc.subtract(self.named("end"), self.named("start"))
        if name in LABELS:
            share = pc.struct_field(self.batch["probabilities"], name)
            return values.finite(share.cast(pa.float64()))
        column = self.batch[name]
        if name == "findings":
            return pc.list_value_length(column).cast(pa.float64())
        if name == "evidence":
            grades = pc.index_in(column, pa.array(values.EVIDENCE))
            return grades.cast(pa.float64())
        return column.cast(_TYPES[values.NAMES[name]])

    def _matching(self, code: str) -> Values:
        column = self.batch["findings"]
        found = pc.list_flatten(column)
        is_meant = pc.or_(
            pc.starts_with(pc.struct_field(found, "code"), code),
            pc.equal(pc.struct_field(found, "name"), code),
        )
        rows = pc.list_parent_indices(column).filter(is_meant)
        counts = np.bincount(rows.to_numpy(), minlength=len(self)).astype(float)
        return pa.array(counts, mask=column.is_null().to_numpy(zero_copy_only=False))


_TYPES: dict[values.Kind, Any] = {
    values.NUMBER: pa.float64(),
    values.TEXT: pa.string(),
    values.LABEL: pa.string(),
}
