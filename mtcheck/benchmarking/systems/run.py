"""From a plan to the figures of systems, as JSON."""

from typing import Any

from mtcheck.benchmarking.run import FORMAT, Tell, versions
from mtcheck.benchmarking.systems.apart import apart
from mtcheck.benchmarking.systems.artefacts import examine
from mtcheck.benchmarking.systems.contest import contests_of, few_of
from mtcheck.benchmarking.systems.measured import measure, systems_of
from mtcheck.benchmarking.systems.plan import PreparedSystems
from mtcheck.benchmarking.systems.scores import correlations

MODE = "systems"
"""What a report says that it is."""


def run_systems(
    prepared: PreparedSystems, tell: Tell = lambda text: None
) -> dict[str, Any]:
    """Return the report of systems; ``tell`` is told what is being done."""
    plan, data, model = prepared.plan, prepared.data, prepared.model
    tell(f"scoring with {model.name}")
    found = examine(data.rows, model.model, model.tier)
    contests: list[dict[str, Any]] = []
    correlated: list[dict[str, Any]] = []
    for contest in contests_of(data.rows, plan.least):
        tell(f"resampling documents of {contest.name}")
        measured = measure(contest, found, plan.seed, plan.resamples)
        contests.append(
            {
                "name": contest.name,
                "n": len(contest.rows),
                "n_documents": contest.n_documents,
                "systems": systems_of(measured),
                "apart": [*apart(contest, found, plan)],
            }
        )
        correlated += correlations(contest, found, data.rows, plan)
    return {
        "format": FORMAT,
        "mode": MODE,
        "signature": prepared.signature,
        "versions": versions(),
        "plan": plan.as_json(),
        "model": model.name,
        "n": len(data.rows),
        "n_documents": len({row.document for row in data.rows}),
        "few": few_of(data.rows, plan.least),
        "skipped": dict(data.skipped),
        "unused_scores": dict(data.unused),
        "lost": [str(error) for error in data.lost],
        "contests": contests,
        "correlations": correlated,
    }
