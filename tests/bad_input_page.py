"""The page of bad inputs, made of the rows that the tests try."""

from collections.abc import Iterator
from itertools import groupby

from bad_inputs import CASES
from bad_inputs.requests import REQUESTS
from test_tampered import CASES as TAMPERED

from mtcheck.card import LARGEST_CARD
from mtcheck.models import LARGEST_FILE, LARGEST_TEXT
from mtcheck.read import LARGEST_DOCUMENT
from mtcheck.report import make_visible
from mtcheck.rules import LONGEST
from mtcheck.scorer import MEASURED_CHARACTERS
from mtcheck.web.app import LARGEST, SLOWEST
from mtcheck.web.protocol import SLOWEST_HEAD
from mtcheck.web.server import LONGEST as LONGEST_WAIT

MIB = 2**20
MOST = 160
"""Characters of a cell that are shown."""

INTRODUCTION = """# Bad input

What mtcheck does with what it should not have been given. Each row is tried by a test
(`tests/test_bad_input.py`, `tests/test_tampered.py`, `tests/test_web.py`), and this
page is made of the same rows by `python tests/update_docs.py`. `…` stands for what
differs from case to case.

- An input that cannot be read is named on standard error, with the reason and what to
  do; all others are scored, and the status says that something was lost.
- No input is changed, and no output appears that is not complete: an earlier one stays.
- Nothing that a text, a name or a model says steers a terminal.

## Limits
"""

LIMITS = (
    (
        "a document, unpacked: a file, a line or a row",
        f"{LARGEST_DOCUMENT // MIB} MiB",
        "it is lost; lines of JSON and rows of Parquet behind it are read, if it ends "
        "before it is twice as long",
    ),
    (
        "a paragraph that is judged",
        f"{MEASURED_CHARACTERS:,} characters",
        "its start is judged",
    ),
    (
        "a paragraph that rules look at",
        f"{LONGEST:,} characters",
        "they look at it in pieces",
    ),
    ("memory to unpack zst", "128 MiB", "the file is lost"),
    ("a card of a model", f"{LARGEST_CARD // MIB} MiB", "the model is refused"),
    (
        "a table or a classifier of a model",
        f"{LARGEST_TEXT // MIB} MiB",
        "the model is refused",
    ),
    (
        "any other file of a model",
        f"{LARGEST_FILE // 2**30} GiB",
        "the model is refused",
    ),
    ("a request to the server", f"{LARGEST:,} bytes", "status 413"),
    ("the head of a request", f"{SLOWEST_HEAD:g} seconds", "status 408"),
    ("the body of a request", f"{SLOWEST:g} seconds", "status 408"),
    ("an answer of the server", f"{LONGEST_WAIT:g} seconds", "status 504"),
)

PROMISES = """
## Formulas in CSV

A spreadsheet runs a cell that begins with `=`, `+`, `-` or `@`, and names of documents
come from anywhere. In CSV such a name begins with an apostrophe (numbers with a sign,
and `-` for standard input, stay as they are). `mtcheck filter` takes the apostrophe
away again when it reads; who joins CSV to a corpus must do the same, or use Parquet or
JSONL, where names are as they were.

## Settings of strangers

Settings are read from the folder that mtcheck is started in, or from one above it. In
a folder that somebody else made, they choose what is reported and how. They cannot
have the output written out of their folder, nor name a `scheduler`, since what it sends
back is run; but look at `grammar`, which sends texts to an address, and at `fix` with
`yes`, which changes files.
"""

STATUS = (
    "Status is that of the command: of `score` 0 all was scored, 1 some input was "
    "lost, 2 nothing could be done; of `lint` 1 findings, 2 some input was lost."
)


def bad_input_page() -> str:
    """Return the page."""
    limits = [*_table("of what", "limit", "beyond it"), *(_row(*row) for row in LIMITS)]
    parts = [INTRODUCTION, *limits, PROMISES, *_commands(), *_models(), *_requests()]
    return "\n".join(parts) + "\n"


def _commands() -> Iterator[str]:
    yield from ("## Commands", "", STATUS, "")
    for group, cases in groupby(CASES, key=lambda case: case.group):
        yield from (f"### {group}", "")
        yield from _table("input", "command", "said", "status", "kept")
        for case in cases:
            said = [_code(line) for line in case.said]
            kept = [_code(name) for name in dict.fromkeys(case.kept)]
            yield _row(
                case.what,
                _code(f"mtcheck {case.command}"),
                "<br>".join(said),
                str(case.status),
                ", ".join(kept) or ("as before" if case.status == 2 else "–"),
            )
        yield ""


def _models() -> Iterator[str]:
    yield "## Models that somebody tampered with"
    yield ""
    yield (
        "The hashes on the card fit the files in most rows: whoever made the files "
        "made the card. Each is refused with status 2, before anything of the file is "
        "run or mapped."
    )
    yield ""
    yield from _table("what was done", "file", "said")
    for case in TAMPERED:
        said = case.said.replace("{folder}", "MODEL")
        yield _row(case.what, _code(case.file), _code(said))
    yield ""


def _requests() -> Iterator[str]:
    yield from ("## Requests to `mtcheck serve`", "")
    yield from _table("request", "asked", "status", "said")
    for one in REQUESTS:
        asked = _code(f"{one.method} {one.path}")
        yield _row(one.what, asked, str(one.status), _code(f"{one.said}…"))


def _table(*header: str) -> Iterator[str]:
    yield _row(*header)
    yield _row(*["---"] * len(header))


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _code(text: str) -> str:
    """Return a text as code in a cell of a table."""
    shown = make_visible(text).replace("|", "\\|").replace("`", "'")
    return f"`{shown if len(shown) <= MOST else f'{shown[: MOST - 1]}…'}`"
