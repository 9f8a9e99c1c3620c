"""The tools whose speed is compared; each runs in a process of its own.

``python -m benchmarks.tools NAME`` reads a line of JSON with the model and the texts,
loads the tool, warms it up and answers what it is. Then each line that it is sent
starts a pass over all texts, answered by its times. Nothing but the standard library is
imported before a tool asks for it: a peer may live in an environment without mtcheck.
"""

import json
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from importlib.metadata import version

Pass = Callable[[Sequence[str]], int]
"""Works through texts and returns how many it has done."""

N_WARM = 50


@dataclass(frozen=True)
class Tool:
    """A tool to measure; ``load`` opens it for a model and returns its pass."""

    about: str
    load: Callable[[str], Pass]
    packages: tuple[str, ...]
    is_peer: bool = False
    """Whether it may run in another environment."""


def _mtcheck(model: str, tier: str) -> Pass:
    from mtcheck.report import render
    from mtcheck.scoring import score_documents
    from mtcheck.types import Document, Scored

    def score(texts: Sequence[str]) -> int:
        documents = (Document(text, str(at)) for at, text in enumerate(texts))
        found = score_documents(documents, model=model, tier=tier)  # type: ignore[arg-type]
        scored = (item for item in found if isinstance(item, Scored))
        return sum(1 for _ in render(scored, "jsonl"))

    return score


def _kenlm(model: str, full: bool) -> Pass:
    from mtcheck.language_model import tokenize
    from mtcheck.models import open_model

    opened = open_model(model).resources("en").language_model("human.word").kenlm

    def score(texts: Sequence[str]) -> int:
        for text in texts:
            line = tokenize(text).line
            if full:
                list(opened.full_scores(line))
            else:
                opened.score(line)
        return len(texts)

    return score


def _datatrove(model: str) -> Pass:
    # By name: it need not be installed where types are checked.
    kinds = import_module("datatrove.pipeline.filters")
    document = import_module("datatrove.data").Document
    filters = [
        kinds.GopherRepetitionFilter(),
        kinds.GopherQualityFilter(),
        kinds.C4QualityFilter(),
        kinds.FineWebQualityFilter(),
    ]

    def apply(texts: Sequence[str]) -> int:
        for text in texts:
            item = document(text=text, id="")
            for each in filters:
                each.filter(item)
        return len(texts)

    return apply


TOOLS = {
    "mtcheck fast": Tool(
        "`mtcheck score --tier fast --format jsonl`: documents in, JSON lines out",
        partial(_mtcheck, tier="fast"),
        ("mtcheck",),
    ),
    "mtcheck full": Tool(
        "the same with `--tier full`, which is the default",
        partial(_mtcheck, tier="full"),
        ("mtcheck",),
    ),
    "KenLM full_scores": Tool(
        "mtcheck's tokens of the whole paragraph, then one `full_scores` over them "
        "with the shipped English word model",
        partial(_kenlm, full=True),
        ("kenlm",),
    ),
    "KenLM score": Tool(
        "the same with `score`, which returns only the sum",
        partial(_kenlm, full=False),
        ("kenlm",),
    ),
    "datatrove": Tool(
        "Gopher repetition, Gopher quality, C4 quality and FineWeb quality with their "
        "defaults; every filter applied to every paragraph. Its words and sentences "
        'come from `spacy.blank("en")`, which needs no download',
        _datatrove,
        ("datatrove", "spacy"),
        is_peer=True,
    ),
}


def main() -> None:
    """Load the tool that is named, then run a pass for each line of input."""
    tool = TOOLS[sys.argv[1]]
    task = json.loads(sys.stdin.readline())
    try:
        run = tool.load(task["model"])
        run(task["texts"][:N_WARM])
        _answer({"versions": {name: version(name) for name in tool.packages}})
    except ImportError as error:
        _answer({"missing": " ".join(str(error).split())})
        return
    for _ in sys.stdin:
        wall, busy = time.perf_counter(), time.process_time()
        n_done = run(task["texts"])
        wall, busy = time.perf_counter() - wall, time.process_time() - busy
        _answer({"seconds": wall, "cpu_seconds": busy, "n_done": n_done})


def _answer(value: object) -> None:
    print(json.dumps(value), flush=True)


if __name__ == "__main__":
    main()
