"""Any text: verdicts, findings and comparisons that keep the contract."""

from collections.abc import Iterable
from contextlib import suppress
from itertools import product
from pathlib import Path

from fuzz.contract import check_comparison, check_findings, check_scored
from fuzz.target import Run, Target, read_input
from fuzz.targets.reading import DE, EN
from fuzz.tiny import put_tiny
from mtcheck.comparison import compare
from mtcheck.comparison.formats import format_of as comparison_format
from mtcheck.errors import MtcheckError
from mtcheck.languages import all_languages
from mtcheck.linting import Linter
from mtcheck.linting.fixes import mend
from mtcheck.linting.formats import formats
from mtcheck.models import open_model
from mtcheck.report import Screen, render
from mtcheck.report import table as table_of
from mtcheck.rules import all_rules, in_order
from mtcheck.scorer import LEVELS, Scorer
from mtcheck.segment import MODES
from mtcheck.types import Document, Span

_SPUN = "The ferryboat departed the port at midday, and no one gazed up from the nets."
_PATHS = ("a.txt", "a.md", "a.html")
_MARKED = f"""# Title

{EN} <!-- mtcheck: ignore MT101 -- so it was said -->

<!-- mtcheck: ignore-file MT5, doubled-word -- a glossary -->
* the the `code` [link](https://example.org "title") ![x](y) **b**old

> „Zitat" — <b>bold</b> &amp; &nbsp;. <!-- mtcheck: ignore -->

| a | b |
|---|---|
```py
x = 1
```
[^1]: note <!-- mtcheck: ignore MT999 -- nothing --> {{{{name}}}} %s {EN}
"""


def text_of(data: bytes) -> str:
    """Return bytes as text; what is no UTF-8 becomes halves of surrogate pairs."""
    return data.decode("utf-8", "surrogateescape")


def _words() -> list[str]:
    """Return what rules look for: words of the languages, and bad examples."""
    found = [word for rule in all_rules() for text in rule.bad for word in text.split()]
    for language in all_languages():
        for words in (language.abbreviations, language.sentence_openers):
            found += sorted(words)[:40]
        found += sorted(language.residue_lines)[:40]
    marks = "\xa0 \u200b \u202e \ufeff \u0301 \r\n\r\n \u2029 … “ „ « 。 😀 \U000e0041"
    chosen = dict.fromkeys(
        [*found, *marks.split(" "), "<!-- mtcheck: ignore MT101 -- "]
    )
    return [word for word in chosen if len(word.encode()) < 60]


def _examples() -> list[str]:
    return [text for rule in all_rules() for text in (*rule.bad, *rule.good)]


def _scoring(folder: Path) -> Run:
    model = open_model()
    scorers = [Scorer(model, tier) for tier in ("full", "fast")]
    choices = [*product(scorers, LEVELS, MODES, (None, "en", "de", "fr"))]

    def run(data: bytes) -> None:
        mode, body = read_input(data)
        scorer, level, parted, language = choices[mode % len(choices)]
        document = Document(text_of(body), "a", language=language)
        (scored,) = scorer.score([document], level, parted)
        check_scored(scored, level)
        if mode & 0x80:
            for name in ("text", "jsonl", "csv", "html"):
                _exhaust(render([scored], name))
            table_of("parquet").encode([scored], "m")

    return run


def _linting(folder: Path) -> Run:
    linter = Linter()
    choices = [*product(_PATHS, ("en", "de", None), [*formats().values(), None])]

    def run(data: bytes) -> None:
        mode, body = read_input(data)
        path, language, chosen = choices[mode % len(choices)]
        document = Document(text_of(body), path, path, language)
        linted = linter.lint(document)
        check_findings(linted.findings, Span(0, len(document.text)))
        assert [*linted.findings] == in_order(linted.findings)
        if chosen:
            _exhaust(chosen.render([linted], Screen(is_terminal=True)))
        else:
            mend(document, linter.lint)

    return run


def _exhaust(lines: Iterable[str]) -> None:
    for line in lines:
        line.encode("utf-8", "backslashreplace")


def _comparing(folder: Path) -> Run:
    model = put_tiny(folder)
    codes = (None, "en", "de")
    choices = [*product(codes, codes, MODES, ("text", "json"))]

    def run(data: bytes) -> None:
        mode, body = read_input(data)
        ours, theirs, parted, name = choices[mode % len(choices)]
        text, _, other = text_of(body).partition("\0")
        suspect = Document(text, "a", language=theirs)
        original = Document(other or text[::-1], "b", language=ours)
        with suppress(MtcheckError):
            found = compare(suspect, original, model=model, paragraphs=parted)
            check_comparison(found)
            _exhaust(comparison_format(name).render(found, Screen(width=40)))

    return run


def _texts() -> list[bytes]:
    made = [EN, DE, f"{EN}\n\n{DE}", _MARKED, "\u202eמילה one\u200btwo e\u0301 😀 ﬁ"]
    seeds = [bytes([0x80 + at]) + text.encode() for at, text in enumerate(made)]
    seeds += [bytes([at % 48]) + it.encode() for at, it in enumerate(_examples())]
    return [
        *seeds,
        b"\xff" + EN.encode(),
        b"\xff\xffword. \xffend",
        b"\xff\xff. .\n\xff",
    ]


def _marked() -> list[bytes]:
    marked = [bytes([mode]) + _MARKED.encode() for mode in (2, 20, 38, 5, 23, 41)]
    units = ("<!-- mtcheck: ignore MT101 -- a -->", "> ", "<b>", "*a", "[", "`")
    return marked + _texts() + [b"\xff\xff%s\xff" % unit.encode() for unit in units]


def _pairs() -> list[bytes]:
    texts = (f"{EN}\n\n{EN}\0{_SPUN}", f"{DE}\0{EN}", f"{_MARKED}\0{EN}", f"{EN}\0")
    seeds = [bytes([7 * at]) + text.encode() for at, text in enumerate(texts)]
    halves = (f"{EN} \0{_SPUN} ", "a b\n\na c\n\n\0b a ", "a \0b\n\n")
    pairs = [tuple(text.encode().split(b"\0")) for text in halves]
    return seeds + [b"\xff%s\0%s" % pair for pair in pairs]


TARGETS = (
    Target(
        "scoring",
        "segmentation, rules, features, verdicts and their reports",
        _scoring,
        _texts,
        _words(),
    ),
    Target(
        "linting",
        "text, Markdown and HTML: suppressions, findings, fixes, formats",
        _linting,
        _marked,
        _words(),
    ),
    Target("comparing", "a suspect beside an original", _comparing, _pairs, _words()),
)
