"""Findings drawn for judging, and what was said of them: places only, no text."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks.human_rows import Linted
from benchmarks.record import table
from mtcheck.types import Finding
from training.false_alarms import wilson

JUDGEMENTS = Path(__file__).parent / "judgements" / "findings.jsonl"
_CONTEXT = 90


class Place(NamedTuple):
    """What names a finding, whatever becomes of the text around it."""

    row: str
    language: str
    code: str
    start: int
    end: int


Drawn = tuple[Linted, Finding]


def place(linted: Linted, finding: Finding) -> Place:
    """Return the name of a finding."""
    row, span = linted.row, finding.span
    return Place(row.id, row.language, finding.code, span.start, span.end)


def draw(
    linted: Mapping[str, Sequence[Linted]], n_drawn: int, seed: int
) -> list[Drawn]:
    """Return findings in what people wrote themselves, each language with its share.

    Where one has too few, the others fill up. The draw orders findings by a hash, so a
    change of one rule leaves the others' findings in it.
    """
    waiting = {
        code: sorted(
            (
                (item, finding)
                for item in items
                if item.row.detail == "human"
                for finding in item.findings
            ),
            key=lambda pair: _rank(place(*pair), seed),
        )
        for code, items in linted.items()
    }
    chosen: list[Drawn] = []
    # Those with few findings first: what they leave over falls to the others.
    for left, code in enumerate(sorted(waiting, key=lambda code: len(waiting[code]))):
        share = (n_drawn - len(chosen)) // (len(waiting) - left)
        chosen += waiting[code][:share]
    return chosen


def _rank(found: Place, seed: int) -> str:
    return hashlib.sha256(f"{seed} {found}".encode()).hexdigest()


def drawn_lines(chosen: Sequence[Drawn], judgements: Path) -> Iterator[str]:
    """Yield for each finding its context, and below it the line that is to be kept."""
    verdicts = read_judgements(judgements)
    for item, finding in chosen:
        start, end = finding.span.start, finding.span.end
        text = item.row.text
        before, after = text[max(0, start - _CONTEXT) : start], text[end:][:_CONTEXT]
        found = place(item, finding)
        yield f"# [{item.row.genre}] {finding.name}: {before}⟦{text[start:end]}⟧{after}"
        yield judgement_line(found, verdicts.get(found, ""))


def judgement_line(found: Place, verdict: str) -> str:
    """Return a line of the file of judgements."""
    return json.dumps(found._asdict() | {"verdict": verdict})


def read_judgements(path: Path) -> dict[Place, str]:
    """Return the verdict on each finding in the file; none where there is no file."""
    if not path.is_file():
        return {}
    found = {}
    for line in path.read_text("utf-8").splitlines():
        raw = json.loads(line)
        found[Place(*(raw[name] for name in Place._fields))] = raw["verdict"]
    return found


def judged_lines(
    linted: Mapping[str, Sequence[Linted]], judgements: Path
) -> Iterator[str]:
    """Yield a table of the judged findings that still are found, by rule."""
    still = {
        place(item, finding)
        for items in linted.values()
        for item in items
        for finding in item.findings
    }
    verdicts = read_judgements(judgements)
    kept = {found: verdict for found, verdict in verdicts.items() if found in still}
    counts: dict[str, Counter[str]] = {}
    for found, verdict in kept.items():
        for key in (found.code, f"all, {found.language}", "all"):
            counts.setdefault(key, Counter())[verdict] += 1
    rows = [
        (key, f"{right + wrong}", f"{right}", f"{wrong}", *_share(right, right + wrong))
        for key, counter in sorted(counts.items(), key=lambda item: item[0].lower())
        for right, wrong in [(counter["right"], counter["wrong"])]
    ]
    yield from table(("rule", "judged", "right", "wrong", "share", "interval"), rows)
    yield ""
    yield (
        f"{len(kept)} of {len(verdicts)} judged findings are still found. "
        "Intervals: 95 %, Wilson."
    )


def _share(right: int, n: int) -> tuple[str, str]:
    low, high = wilson(right, n)
    return f"{right / n:.2f}", f"{low:.2f}–{high:.2f}"
