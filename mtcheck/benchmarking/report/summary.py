"""What was measured and what was left out, in sentences."""

from collections.abc import Iterator

from mtcheck.benchmarking.report.tables import Report


def summary(report: Report) -> str:
    """Return how many texts of which labels were measured on."""
    labels = ", ".join(f"{n:,} {label}" for label, n in report["labels"].items())
    versions = ", ".join(f"{name} {n}" for name, n in report["versions"].items())
    return (
        f"{report['n']:,} texts of {report['n_documents']:,} documents: {labels}. "
        f"Measured with {versions}."
    )


def losses(report: Report) -> Iterator[str]:
    """Yield what is not in the figures, and why."""
    for reason, count in report["skipped"].items():
        yield f"{count:,} records left out: {reason}"
    for error in report["lost"]:
        yield f"lost: {error}"
    for name, why in report["failed"].items():
        yield f"not measured: {name}: {why}"
    if report["robustness"]:
        for kind in ("left_out", "failed"):
            for name, why in report["robustness"][kind].items():
                yield f"not attacked: {name}: {why}"
