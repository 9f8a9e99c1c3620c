"""The tools whose speed is compared; each runs in a process of its own.

``python -m benchmarks.tools NAME`` reads a line of JSON with the model, the data folder
and the texts to warm up with, loads the tool and answers what it is. Then each line
with a list of texts is a pass over them, answered by its times. Nothing but the
standard library is imported before a tool asks for it: a peer may live in an
environment without mtcheck.
"""

import atexit
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from statistics import median

N_FITTED = 2_000
"""Rows of train that the classifier on n-grams learns from: its speed hardly hangs on
them."""

READABILITY = ("coleman_liau_index", "lix", "rix")
"""The measures of textstat that need no dictionary of syllables."""


@dataclass(frozen=True, slots=True)
class Times:
    """How many texts were done, and in how long.

    ``cpu_seconds`` is None where another process works, whose time is not known.
    """

    n_done: int
    seconds: float
    cpu_seconds: float | None


Pass = Callable[[Sequence[str]], Times]
"""Works through texts."""


class MissingError(Exception):
    """Says what a tool needs that is not here."""


@dataclass(frozen=True)
class Setting:
    """What tools are opened with: the model of mtcheck, the data folder."""

    model: str
    data: str


@dataclass(frozen=True)
class Opened:
    """A tool that is ready; ``versions`` are those that no package tells."""

    run: Pass
    versions: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Tool:
    """A tool to measure; ``load`` opens it."""

    about: str
    load: Callable[[Setting], Opened]
    packages: tuple[str, ...]
    is_peer: bool = False
    """Whether it may run in another environment."""
    has_server: bool = False
    """Whether a process works for it whose time is not known."""
    one_of: int = 1
    """It does one of so many texts, where all of them would take too long."""


def timed(work: Callable[[Sequence[str]], int], is_here: bool = True) -> Pass:
    """Return a pass that does the work; ``is_here`` says that this process does it."""

    def run(texts: Sequence[str]) -> Times:
        wall, busy = time.perf_counter(), time.process_time()
        n_done = work(texts)
        wall, busy = time.perf_counter() - wall, time.process_time() - busy
        return Times(n_done, wall, busy if is_here else None)

    return run


def _mtcheck(setting: Setting, tier: str) -> Opened:
    from mtcheck.report import render
    from mtcheck.scoring import score_documents
    from mtcheck.types import Document, Scored

    def score(texts: Sequence[str]) -> int:
        documents = (Document(text, str(at)) for at, text in enumerate(texts))
        found = score_documents(documents, model=setting.model, tier=tier)  # type: ignore[arg-type]
        scored = (item for item in found if isinstance(item, Scored))
        return sum(1 for _ in render(scored, "jsonl"))

    return Opened(timed(score))


def _kenlm(setting: Setting, full: bool) -> Opened:
    from mtcheck.language_model import tokenize
    from mtcheck.models import open_model
    from training.kenlm_tools import kenlm_version

    resources = open_model(setting.model).resources("en")
    opened = resources.language_model("human.word").kenlm

    def score(texts: Sequence[str]) -> int:
        for text in texts:
            line = tokenize(text).line
            if full:
                list(opened.full_scores(line))
            else:
                opened.score(line)
        return len(texts)

    return Opened(timed(score), {"kenlm": kenlm_version()})


def _query(setting: Setting) -> Opened:
    from mtcheck.errors import ResourceError
    from mtcheck.language_model import tokenize
    from mtcheck.models import open_model
    from training.kenlm_tools import KENLM_VERSION, find_or_build

    try:
        program = find_or_build(("query",)).folder / "query"
    except ResourceError as error:
        raise MissingError(str(error)) from error
    model = open_model(setting.model).resources("en").path("human.word.klm")
    command = [str(program), "-v", "sentence", str(model)]

    def score(texts: Sequence[str]) -> Times:
        lines = [tokenize(text).line for text in texts]
        # Without lines it only loads the model.
        empty = [process_times(command, []) for _ in range(3)]
        full = process_times(command, lines)
        assert full.cpu_seconds is not None
        return Times(
            full.n_done,
            full.seconds - median(times.seconds for times in empty),
            full.cpu_seconds - median(times.cpu_seconds or 0 for times in empty),
        )

    return Opened(score, {"KenLM query": KENLM_VERSION})


def process_times(command: Sequence[str], lines: Sequence[str]) -> Times:
    """Return what a process took for lines of input; each line of output is one."""
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as found:
        given.write("".join(f"{line}\n" for line in lines).encode())
        given.seek(0)
        wall, before = time.perf_counter(), os.times()
        subprocess.run(
            command, stdin=given, stdout=found, stderr=subprocess.PIPE, check=True
        )
        wall, after = time.perf_counter() - wall, os.times()
        busy = sum(after[2:4]) - sum(before[2:4])  # of children, user and system
        found.seek(0)
        return Times(sum(1 for _ in found), wall, busy)


def _textstat(setting: Setting) -> Opened:
    module = import_module("textstat")
    measures = [getattr(module, name) for name in READABILITY]

    def measure(texts: Sequence[str]) -> int:
        for text in texts:
            for each in measures:
                each(text)
        return len(texts)

    return Opened(timed(measure))


def _languagetool(setting: Setting) -> Opened:
    module = import_module("language_tool_python")
    from mtcheck.errors import ResourceError
    from mtcheck.grammar.server import look_at, start, stop

    try:
        process, url = start(lambda _: None)
    except ResourceError as error:
        raise MissingError(str(error)) from error
    atexit.register(stop, process)
    tool = module.LanguageTool("en-US", remote_server=url)

    def check(texts: Sequence[str]) -> int:
        return sum(1 for _ in map(tool.check, texts))

    versions = {"LanguageTool": look_at(url).version}
    return Opened(timed(check, is_here=False), versions)


def _ngrams(setting: Setting) -> Opened:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline, make_union

    from training.data import read_rows

    try:
        rows = read_rows(Path(setting.data), "train", "en")
    except FileNotFoundError as error:
        name = Path(error.filename).name
        raise MissingError(f"{name}, which it learns from, is missing") from error
    rows = rows[:: max(1, len(rows) // N_FITTED)]
    words = TfidfVectorizer(ngram_range=(1, 2))
    characters = TfidfVectorizer(analyzer="char", ngram_range=(2, 5))
    model = make_pipeline(make_union(words, characters), LogisticRegression())
    model.fit([row.text for row in rows], [row.label for row in rows])

    def classify(texts: Sequence[str]) -> int:
        return len(model.predict_proba(texts))

    return Opened(timed(classify))


def _datatrove(setting: Setting) -> Opened:
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

    return Opened(timed(apply))


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
        (),
    ),
    "KenLM score": Tool(
        "the same with `score`, which returns only the sum",
        partial(_kenlm, full=False),
        (),
    ),
    "KenLM query": Tool(
        "KenLM's own program, `query -v sentence`, over the same tokens; its time is "
        "that of the process without tokenisation and, by the difference to a run "
        "without a line, without loading",
        _query,
        (),
    ),
    "datatrove": Tool(
        "Gopher repetition, Gopher quality, C4 quality and FineWeb quality with their "
        "defaults; every filter applied to every paragraph. Its words and sentences "
        'come from `spacy.blank("en")`, which needs no download',
        _datatrove,
        ("datatrove", "spacy"),
        is_peer=True,
    ),
    "textstat": Tool(
        f"{', '.join(f'`{name}`' for name in READABILITY)}, one after the other",
        _textstat,
        ("textstat",),
    ),
    "TF-IDF": Tool(
        "words (1-2) and characters (2-5) by scikit-learn's `TfidfVectorizer`, and a "
        f"`LogisticRegression`, fitted on about {N_FITTED:,} paragraphs of train.en",
        _ngrams,
        ("scikit-learn",),
    ),
    "LanguageTool": Tool(
        "all rules for `en-US`, one paragraph a request by language-tool-python to a "
        "server on the same core",
        _languagetool,
        ("language-tool-python",),
        has_server=True,
        one_of=10,
    ),
}


def main() -> None:
    """Load the tool that is named, then run a pass for each line of input."""
    tool = TOOLS[sys.argv[1]]
    task = json.loads(sys.stdin.readline())
    try:
        opened = tool.load(Setting(task["model"], task["data"]))
        opened.run(task["texts"])
        versions = {name: version(name) for name in tool.packages}
    except (ImportError, MissingError) as error:
        _answer({"missing": " ".join(str(error).split())})
        return
    _answer({"versions": {**versions, **opened.versions}})
    for line in sys.stdin:
        _answer(asdict(opened.run(json.loads(line))))


def _answer(value: object) -> None:
    print(json.dumps(value), flush=True)


if __name__ == "__main__":
    main()
