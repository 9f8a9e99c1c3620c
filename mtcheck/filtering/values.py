"""Kinds of values in expressions, and the operations on columns of them.

Null is unknown, as in SQL: it makes a comparison unknown, and what cannot be worked out
(division by zero, more than a number holds) is null.
"""

from dataclasses import dataclass
from functools import reduce
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from mtcheck.types import LABELS

EVIDENCE = ("none", "weak", "moderate", "strong")
"""From the least to the most."""

Values = Any
"""A column of pyarrow, or one value for all rows."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What values are; those of a closed set have ``members``, perhaps in order."""

    name: str
    members: tuple[str, ...] = ()
    is_ordered: bool = True


NUMBER = Kind("a number")
TEXT = Kind("text")
CONDITION = Kind("a condition", is_ordered=False)
LABEL = Kind("a label", tuple(map(str, LABELS)), is_ordered=False)
EVIDENCE_GRADE = Kind("a grade of evidence", EVIDENCE)

NAMES = {
    "document": TEXT,
    "paragraph": NUMBER,
    "start": NUMBER,
    "end": NUMBER,
    "length": NUMBER,
    "language": TEXT,
    "label": LABEL,
    **{str(label): NUMBER for label in LABELS},
    "evidence": EVIDENCE_GRADE,
    "abstained": TEXT,
    "findings": NUMBER,
    "model": TEXT,
}
"""What an expression may name of a row."""

ALL_AND, ANY_OR, NOT = pc.and_kleene, pc.or_kleene, pc.invert
IS_NULL, CHOOSE = pc.is_null, pc.if_else

COMPARE = {
    "Eq": pc.equal,
    "NotEq": pc.not_equal,
    "Lt": pc.less,
    "LtE": pc.less_equal,
    "Gt": pc.greater,
    "GtE": pc.greater_equal,
}


def literal(value: float | str) -> Values:
    """Return one value for all rows."""
    return pa.scalar(value, pa.string() if isinstance(value, str) else pa.float64())


def grade(name: str) -> Values:
    """Return a grade of evidence as a number, so that grades can be compared."""
    return literal(float(EVIDENCE.index(name)))


def finite(values: Values) -> Values:
    """Return the numbers, null where there is none.

    >>> finite(pa.array([1.0, float("inf"), float("nan"), None])).to_pylist()
    [1.0, None, None, None]
    """
    return pc.if_else(pc.is_finite(values), values, pa.scalar(None, pa.float64()))


def add(left: Values, right: Values) -> Values:
    """Return the sums."""
    return finite(pc.add(left, right))


def subtract(left: Values, right: Values) -> Values:
    """Return the differences."""
    return finite(pc.subtract(left, right))


def multiply(left: Values, right: Values) -> Values:
    """Return the products."""
    return finite(pc.multiply(left, right))


def divide(left: Values, right: Values) -> Values:
    """Return the quotients, null where the divisor is zero."""
    return finite(pc.divide(left, right))


def magnitude(numbers: Values) -> Values:
    """Return the numbers without their sign."""
    return pc.abs(numbers)


def smallest(*values: Values) -> Values:
    """Return the smallest number of each row, null where one is unknown."""
    return pc.min_element_wise(*values, skip_nulls=False)


def largest(*values: Values) -> Values:
    """Return the largest number of each row, null where one is unknown."""
    return pc.max_element_wise(*values, skip_nulls=False)


def is_among(values: Values, members: list[Values]) -> Values:
    """Tell which values are one of the members; unknown where the value is."""
    return reduce(pc.or_kleene, [pc.equal(values, member) for member in members])


def as_column(values: Values, n_rows: int) -> "pa.Array":
    """Return a column, also of one value for all rows."""
    return pa.repeat(values, n_rows) if isinstance(values, pa.Scalar) else values
