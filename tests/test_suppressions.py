"""A comment silences the findings that it names, where it reaches, and no others."""

from collections.abc import Sequence

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from mtcheck.linting import Linter
from mtcheck.linting.selection import Selection
from mtcheck.rules import Rule, all_rules, unmark
from mtcheck.types import Document, Finding

OWN = [rule for rule in all_rules() if rule.code.startswith("MT0")]
PATHS = ("a.txt", "a.md", "a.html", "a.jsonl")


def lint(
    text: str,
    path: str | None = "a.txt",
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
) -> list[Finding]:
    document = Document(text, "a", path, "en")
    return list(Linter(Selection(select, ignore)).lint(document).findings)


def found(
    text: str,
    path: str | None = "a.txt",
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
) -> list[str]:
    return [item.code for item in lint(text, path, select, ignore)]


@pytest.mark.parametrize("rule", OWN, ids=lambda rule: rule.code)
@pytest.mark.parametrize("path", PATHS)
class TestExamples:
    """The rules on comments hold in every kind of file."""

    def test_a_bad_example_fires_exactly_where_it_is_marked(
        self, rule: Rule, path: str
    ) -> None:
        for example in rule.bad:
            text, marked = unmark(example)
            places = [item.span for item in lint(text, path) if item.code == rule.code]
            assert places == marked

    def test_a_good_example_stays_silent(self, rule: Rule, path: str) -> None:
        for example in rule.good:
            assert found(example, path) == []


@pytest.mark.parametrize("path", [*PATHS, None])
@pytest.mark.parametrize(
    "codes",
    [
        "MT102",
        "mt102",
        "MT10",
        "MT1",
        "MT",
        "space-before-punctuation",
        "MT102,MT102",
        "MT102 ,  MT10",
    ],
)
def test_a_code_its_start_and_the_name_are_understood(codes: str, path: str) -> None:
    text = f"The lock is open . <!-- mtcheck: ignore {codes} -- a play -->"
    assert found(text, path) == []


@pytest.mark.parametrize("path", PATHS)
def test_behind_text_a_comment_reaches_its_line(path: str) -> None:
    text = (
        "The lock is open .\n"
        "The lock is open . <!-- mtcheck: ignore MT102 -- a play --> It is so .\n"
        "The lock is open .\n"
    )
    starts = [item.span.start for item in lint(text, path, ["MT1", "MT0"])]
    assert starts == [text.index(" ."), text.rindex(" .")]


@pytest.mark.parametrize("path", ["a.txt", "a.md"])
@pytest.mark.parametrize(
    "gap", ["\n", "\n\n", "\n \n<!-- mtcheck: ignore MT1 -- b -->\n"]
)
def test_alone_a_comment_reaches_the_block_that_follows(path: str, gap: str) -> None:
    text = (
        "The lock is open .\n\n"
        f"<!-- mtcheck: ignore MT102 -- a play -->{gap}"
        "The lock is shut .\nIt is so .\n\n"
        "The lock is open ."
    )
    starts = [item.span.start for item in lint(text, path, ["MT1", "MT0"])]
    assert starts == [text.index(" ."), text.rindex(" .")]


def test_alone_a_comment_reaches_the_paragraph_of_a_page_that_follows() -> None:
    comment = "<!-- mtcheck: ignore MT102 -- a play -->"
    text = (
        f"<p>The lock is open .</p>\n{comment}\n"
        "<p>The lock is\n  shut . It\n is so .</p>\n<p>The lock is open .</p>"
    )
    starts = [item.span.start for item in lint(text, "a.html", ["MT1", "MT0"])]
    assert starts == [text.index(" ."), text.rindex(" .")]


def test_a_comment_may_have_many_lines_in_markup() -> None:
    text = (
        "<!-- mtcheck: ignore\n MT102,\n MT103\n --\n a play -->\nThe  lock is open ."
    )
    assert found(text, "a.md") == []
    assert found(text, "a.html") == ["MT001"]
    assert found(f"<p>The lock is open . {text[:-20]}</p>", "a.html") == ["MT001"]


@pytest.mark.parametrize("path", ["a.txt", "a.md", "a.jsonl"])
def test_a_whole_file_can_be_silenced(path: str) -> None:
    text = (
        "The lock is open .\n\nIt is so.\n\n"
        "<!-- mtcheck: ignore-file MT5, MT102 -- a play -->\n\n"
        "Read more »\n\nThe the lock."
    )
    assert found(text, path) == ["MT402"]


def test_a_comment_that_is_shown_as_code_says_nothing() -> None:
    comment = "<!-- mtcheck: ignore MT9999 -->"
    text = f"Write `{comment}` or\n\n```\n{comment}\n```\n\n    {comment}\n"
    assert found(text, "a.md") == []
    assert found(f"<script>{comment}</script>", "a.html") == []


def test_a_comment_changes_no_paragraph_of_a_plain_text() -> None:
    text = (
        "The lock is open\nThe bell rang\n<!-- mtcheck: ignore MT1 -- a -->\nIt is so ."
    )
    assert found(text) == []
    assert lint(text.replace("ignore", "ignored"))[-1].code == "MT102"


def test_a_source_of_a_page_can_be_silenced() -> None:
    marks = [rule for rule in all_rules() if rule.find_in_page]
    for rule in marks:
        text, spans = unmark(rule.bad[0])
        before = [item.code for item in lint(text, "a.html")]
        assert before.count(rule.code) == len(spans)
        comment = f"<!-- mtcheck: ignore-file {rule.code} -- a test page -->"
        after = found(f"{text}\n{comment}", "a.html")
        assert after == [code for code in before if code != rule.code]


WRITE = "write <!-- mtcheck: ignore MT101 -- reason -->"


@pytest.mark.parametrize(
    ("comment", "why"),
    [
        ("", f"it says neither 'ignore' nor 'ignore-file'; {WRITE}"),
        ("MT101", f"'MT101' is neither 'ignore' nor 'ignore-file'; {WRITE}"),
        ("ignore", f"it names no code; {WRITE}"),
        ("ignore , -- a", f"it names no code; {WRITE}"),
        ("ignore MT102", f"it gives no reason; {WRITE}"),
        ("ignore-file MT102 -- ", f"it gives no reason; {WRITE}"),
        (
            "ignore MT99 -- a",
            f"'MT99' is no code, no start of one and no name of a rule; {WRITE}",
        ),
    ],
)
@pytest.mark.parametrize("path", PATHS)
def test_what_is_wrong_with_a_comment_is_said(
    comment: str, why: str, path: str
) -> None:
    text = f"The lock is open . <!-- mtcheck: {comment} -->"
    spaced, invalid = lint(text, path)
    assert spaced.code == "MT102"
    assert (invalid.code, invalid.severity) == ("MT002", "error")
    assert invalid.message == f"a comment for mtcheck that silences nothing: {why}"


def test_a_known_code_beside_an_unknown_one_holds() -> None:
    text = "It is so . <!-- mtcheck: ignore MT99, MT102 -- a -->"
    (invalid,) = lint(text)
    assert (invalid.code, invalid.span.of(text)) == ("MT002", "MT99")


def test_an_unused_code_is_named() -> None:
    text = "It is so . <!-- mtcheck: ignore MT102, MT5 doubled-space -- a -->"
    assert [(item.span.of(text), item.message) for item in lint(text)] == [
        ("MT5", "there is no finding here for 'MT5' to silence"),
        ("doubled-space", "there is no finding here for 'doubled-space' to silence"),
    ]


def test_only_what_was_looked_for_can_be_unused() -> None:
    text = "It is so. <!-- mtcheck: ignore MT102 -- a -->"
    assert found(text) == ["MT001"]
    assert found(text, ignore=["MT102"]) == []
    assert found(text, select=["MT001", "MT2"]) == []
    assert found(text, select=["MT001", "MT102"]) == ["MT001"]
    # Without a model there are no verdicts, so nobody knows.
    assert found(text.replace("MT102", "MT79")) == []


def test_what_is_said_of_comments_can_be_ignored_but_not_silenced() -> None:
    text = "It is so. <!-- mtcheck: ignore MT102, MT001 -- a -->"
    assert found(text) == ["MT001", "MT001"]
    assert found(text, ignore=["MT0"]) == []
    text = "<!-- mtcheck: ignore-file MT002 -- a -->\n\nIt. <!-- mtcheck: ignore -->"
    assert found(text) == ["MT001", "MT002"]


def test_the_severities_of_the_settings_hold() -> None:
    linter = Linter(Selection(severity={"MT001": "info"}))
    text = "It is so. <!-- mtcheck: ignore MT102 -- a -->"
    (unused,) = linter.lint(Document(text)).findings
    assert unused.severity == "info"


LINES = st.lists(
    st.sampled_from(
        ["It is so .", "The the lock.", "It  is  so .", "All is well.", ""]
    ),
    min_size=1,
    max_size=8,
)
CODES = st.sampled_from(["MT1", "MT102", "MT103", "MT402", "doubled-word"])


def means(code: str, item: Finding) -> bool:
    return item.name == code or item.code.startswith(code)


@settings(deadline=None)
@given(LINES, CODES, st.data())
def test_a_comment_removes_the_findings_of_its_code_on_its_line_and_no_others(
    lines: list[str], code: str, data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(lines) - 1))
    assume(lines[at])
    chosen = lines.copy()
    chosen[at] += f" <!-- mtcheck: ignore {code} -- a -->"
    start = sum(len(line) + 1 for line in lines[:at])
    end = start + len(lines[at])
    grown = len("\n".join(chosen)) - len("\n".join(lines))
    kept = [
        (item.code, item.span.start + (grown if item.span.start >= end else 0))
        for item in lint("\n".join(lines))
        if not (means(code, item) and start <= item.span.start < end)
    ]
    after = [
        (item.code, item.span.start)
        for item in lint("\n".join(chosen))
        if item.code != "MT001"
    ]
    assert after == kept


@settings(deadline=None)
@given(LINES, CODES)
def test_a_comment_on_a_file_removes_all_findings_of_its_code_and_no_others(
    lines: list[str], code: str
) -> None:
    text = "\n".join(lines)
    comment = f"<!-- mtcheck: ignore-file {code} -- a -->\n"
    before = lint(text)
    after = lint(comment + text)
    kept = [item for item in before if not means(code, item)]
    unused = len(kept) == len(before)
    assert [item.code for item in after] == ["MT001"] * unused + [
        item.code for item in kept
    ]


@pytest.mark.parametrize(
    "unit",
    [
        "a . <!-- mtcheck: ignore MT102 -- a -->",
        "a .\n<!-- mtcheck: ignore MT102 -- a -->\n",
        "<!-- mtcheck: ignore MT102 -- a -->\n",
        "<!-- mtcheck: ignore MT102 -- a --> ",
        "<!-- mtcheck: ignore MT99 -->\n\n",
    ],
)
@pytest.mark.parametrize("path", ["a.txt", "a.md", "a.html"])
def test_many_comments_are_read_in_linear_time(unit: str, path: str) -> None:
    text = unit * (200_000 // len(unit))
    assert len(lint(text, path, select=["MT102", "MT0"])) <= 2 * len(text) // len(unit)
