"""What a report of either kind holds, for every format to lay out."""

from collections.abc import Iterator

from mtcheck.benchmarking.report import summary as of_models
from mtcheck.benchmarking.report import systems as of_systems
from mtcheck.benchmarking.report import tables as models
from mtcheck.benchmarking.report.tables import Report, Table


def is_of_systems(report: Report) -> bool:
    """Tell whether systems were compared, and not models."""
    return report.get("mode") == "systems"


def tables(report: Report) -> Iterator[Table]:
    """Yield all tables, the headline figures first."""
    if is_of_systems(report):
        return of_systems.tables(report)
    return models.tables(report)


def summary(report: Report) -> str:
    """Return what was measured on, in a sentence or two."""
    if is_of_systems(report):
        return of_systems.summary(report)
    return of_models.summary(report)


def losses(report: Report) -> Iterator[str]:
    """Yield what is not in the figures, and why."""
    if is_of_systems(report):
        return of_systems.losses(report)
    return of_models.losses(report)
