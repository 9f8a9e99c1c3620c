"""Expressions over scores: what they mean, what they refuse, how rows are gathered."""

import ast
import operator
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from itertools import pairwise
from math import isfinite
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mtcheck.errors import ConfigError, InputError
from mtcheck.filtering import Sieve
from mtcheck.filtering.columns import Rows
from mtcheck.filtering.expressions import DEEPEST, parse
from mtcheck.filtering.values import EVIDENCE, NAMES, NUMBER, as_column
from mtcheck.report.parquet import schema
from mtcheck.rules import all_rules
from mtcheck.types import LABELS

Row = dict[str, Any]

CODES = {"MT101": "orphan-full-stop", "MT102": "", "MT201": "", "MT501": ""}
CODES = {rule.code: rule.name for rule in all_rules() if rule.code in CODES}


def row(
    document: str | None = "a",
    paragraph: int | None = 0,
    start: int = 0,
    end: int = 10,
    label: str | None = "original",
    shares: Sequence[float] = (0.5, 0.3, 0.2),
    evidence: str | None = "none",
    language: str | None = "en",
    codes: Sequence[str] = (),
) -> Row:
    """Return a row as ``score`` writes it; without a label it is one not judged."""
    names = map(str, LABELS)
    return {
        "document": document,
        "paragraph": paragraph,
        "start": start,
        "end": end,
        "language": language,
        "label": label,
        "probabilities": dict(zip(names, shares, strict=True)) if label else None,
        "evidence": evidence if label else None,
        "abstained": None if label else "too-short",
        "findings": [{"code": code, "name": CODES[code]} for code in codes],
        "reasons": [],
        "model": "base@1",
    }


def table(rows: Sequence[Row]) -> Any:
    """Return the rows as a batch of a table of scores."""
    return pa.RecordBatch.from_pylist(list(rows), schema())


def kept(batches: Sequence[Any], **options: Any) -> tuple[list[Row], Sieve]:
    """Return the rows that a sieve keeps, and the sieve."""
    sieve = Sieve(**options)
    parts = [part for part in sieve.sift(batches) if not isinstance(part, InputError)]
    return [row for part in parts for row in part.to_pylist()], sieve


def holds(expression: str, *rows: Row, kind: Any = None) -> list[Any]:
    """Return what an expression says of rows."""
    found = parse(expression, "keep", **({"kind": kind} if kind else {}))
    result = as_column(found.work(Rows(table(rows))), len(rows))
    values: list[Any] = result.to_pylist()
    return values


# What expressions mean -----------------------------------------------------------

JUDGED = row(
    "doc-7",
    3,
    20,
    80,
    "paraphrased",
    (0.2, 0.7, 0.1),
    "moderate",
    codes=["MT101", "MT101", "MT501"],
)
NOT_JUDGED = row(label=None, language=None)


@pytest.mark.parametrize(
    ("expression", "judged", "not_judged"),
    [
        ('label == "paraphrased"', True, None),
        ('label != "paraphrased"', False, None),
        ('label in ["original", "paraphrased"]', True, None),
        ('label not in ("original", "paraphrased")', False, None),
        ("label is None", False, True),
        ("label is not None", True, False),
        ('abstained == "too-short"', None, True),
        ("abstained is None", True, False),
        ('evidence >= "moderate"', True, None),
        ('evidence > "moderate"', False, None),
        ('"weak" <= evidence < "strong"', True, None),
        ('evidence in {"weak", "strong"}', False, None),
        ("paraphrased > 0.5", True, None),
        ("original + machine_mangled < paraphrased", True, None),
        ("0.1 < original <= 0.2", True, None),
        ("not paraphrased > 0.5", False, None),
        ('paraphrased > 0.5 or document == "a"', True, True),
        ('paraphrased > 0.5 and document == "a"', False, None),
        ('paraphrased > 0.5 and document != "a"', True, False),
        ("length == 60", True, False),
        ("end - start == length", True, True),
        ("paragraph in [1, 3]", True, False),
        ("findings == 3", True, False),
        ('has("MT5")', True, False),
        ('has("mt501")', True, False),
        ('has("orphan-full-stop")', True, False),
        ('has("MT2")', False, False),
        ('count("MT1") == 2', True, False),
        ('count("MT1") / length > 0.03', True, False),
        ("1 / findings > 0", True, None),
        ("1e308 * 10 * length > 0", None, None),
        ("min(original, paraphrased) == 0.2", True, None),
        ("max(findings, 1) == 3", True, False),
        ("abs(original - paraphrased) > 0.4", True, None),
        ("-findings == -3 and +findings == 3", True, False),
        ('(1 if label == "paraphrased" else 2) == 1', True, None),
        ('language == "en"', True, None),
        ('document > "b"', True, False),
        ('model == "base@1"', True, True),
        ("1 < 2", True, True),
        ("  1\n  < 2", True, True),
    ],
)
def test_an_expression_is_true_false_or_unknown(
    expression: str, judged: bool | None, not_judged: bool | None
) -> None:
    assert holds(expression, JUDGED, NOT_JUDGED) == [judged, not_judged]


def test_findings_are_counted_in_their_own_rows_only() -> None:
    rows = [row(), row(codes=["MT101"]), row(), row(codes=["MT102", "MT201"])]
    assert holds('count("MT1")', *rows, kind=NUMBER) == [0, 1, 0, 1]
    batch = table(rows).slice(1, 3)
    found = parse('count("MT1")', "keep", kind=NUMBER)
    assert found.work(Rows(batch)).to_pylist() == [1, 0, 1]


# The same by a plain reading of Python, row by row ---------------------------------

_COMPARE: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
_COUNT: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


def plainly(node: Any, one: Row) -> Any:
    """Return what a node is worth for one row, None where that is unknown."""
    match node:
        case ast.Constant():
            return node.value
        case ast.Name():
            return named(node.id, one)
        case ast.UnaryOp(op=ast.Not()):
            value = plainly(node.operand, one)
            return None if value is None else not value
        case ast.UnaryOp():
            value = plainly(node.operand, one)
            return None if value is None else -value
        case ast.BoolOp():
            return joined(node, one)
        case ast.BinOp():
            return counted(node, one)
        case ast.IfExp():
            chosen = plainly(node.test, one)
            if chosen is None:
                return None
            return plainly(node.body if chosen else node.orelse, one)
        case ast.Compare():
            return compared(node, one)
    raise AssertionError(ast.dump(node))


def joined(node: ast.BoolOp, one: Row) -> bool | None:
    decisive = isinstance(node.op, ast.Or)
    found = [plainly(part, one) for part in node.values]
    if decisive in found:
        return decisive
    return None if None in found else not decisive


def named(name: str, one: Row) -> Any:
    if name == "length":
        return float(one["end"] - one["start"])
    if name == "findings":
        return float(len(one["findings"]))
    if name in LABELS:
        return one["probabilities"] and one["probabilities"][name]
    return one[name]


def counted(node: ast.BinOp, one: Row) -> float | None:
    left, right = plainly(node.left, one), plainly(node.right, one)
    if left is None or right is None:
        return None
    try:
        value: float = _COUNT[type(node.op)](float(left), float(right))
    except ZeroDivisionError:
        return None
    return value if isfinite(value) else None


def compared(node: ast.Compare, one: Row) -> bool | None:
    nodes = [node.left, *node.comparators]
    found: list[bool | None] = []
    for left, sign, right in zip(nodes[:-1], node.ops, nodes[1:], strict=True):
        if isinstance(sign, ast.Is | ast.IsNot):
            found.append((plainly(left, one) is None) == isinstance(sign, ast.Is))
            continue
        first = plainly(left, one)
        if isinstance(sign, ast.In | ast.NotIn):
            members = ast.literal_eval(right)
            is_in = None if first is None else first in members
            found.append(is_in if is_in is None else is_in == isinstance(sign, ast.In))
            continue
        second = plainly(right, one)
        if first is None or second is None:
            found.append(None)
            continue
        if {"evidence"} & {getattr(left, "id", ""), getattr(right, "id", "")}:
            first, second = EVIDENCE.index(first), EVIDENCE.index(second)
        found.append(_COMPARE[type(sign)](first, second))
    return False if False in found else None if None in found else True


signs = st.sampled_from(["<", "<=", ">", ">=", "==", "!="])
numbers = st.recursive(
    st.sampled_from(
        [*(name for name, kind in NAMES.items() if kind is NUMBER), "0", "1", "0.5"]
    ),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from("+-*/"), inner).map(
            lambda part: f"({part[0]} {part[1]} {part[2]})"
        ),
        inner.map(lambda part: f"(-{part})"),
    ),
    max_leaves=4,
)
leaves = st.one_of(
    st.tuples(numbers, signs, numbers).map(" ".join),
    st.tuples(numbers, signs, numbers, signs, numbers).map(" ".join),
    st.tuples(signs, st.sampled_from(EVIDENCE)).map(
        lambda part: f'evidence {part[0]} "{part[1]}"'
    ),
    st.sampled_from(["==", "!="]).map(lambda sign: f'label {sign} "original"'),
    st.sampled_from(["in", "not in"]).map(lambda sign: f'language {sign} ["en", "de"]'),
    st.sampled_from(["is", "is not"]).map(lambda sign: f"language {sign} None"),
    st.sampled_from(["is", "is not"]).map(lambda sign: f"label {sign} None"),
)
conditions = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from([" and ", " or "]), inner).map(
            lambda part: f"({''.join(part)})"
        ),
        inner.map(lambda part: f"not ({part})"),
        st.tuples(numbers, inner, numbers).map(
            lambda part: f"({part[0]} if {part[1]} else {part[2]}) > 0.3"
        ),
    ),
    max_leaves=6,
)
shares = st.tuples(*[st.sampled_from([0.0, 0.25, 0.5, 1.0])] * 3)
rows = st.builds(
    row,
    document=st.sampled_from("abc"),
    paragraph=st.integers(0, 4),
    start=st.integers(0, 5),
    end=st.integers(5, 9),
    label=st.sampled_from([None, *map(str, LABELS)]),
    shares=shares,
    evidence=st.sampled_from(EVIDENCE),
    language=st.sampled_from([None, "en", "de", "fr"]),
    codes=st.lists(st.sampled_from([*CODES]), max_size=3),
)


@given(conditions, st.lists(rows, min_size=1, max_size=6))
def test_columns_say_what_a_plain_reading_says_row_by_row(
    expression: str, some: list[Row]
) -> None:
    tree = ast.parse(expression, mode="eval").body
    assert holds(expression, *some) == [plainly(tree, one) for one in some]


def test_the_expressions_of_the_page_are_ones() -> None:
    page = (Path(__file__).parent.parent / "docs" / "corpora.md").read_text("utf-8")
    found = re.findall(r"--(keep|drop|weight) '([^'\n]+)'", page)
    assert len(found) > 8
    for option, text in found:
        options: dict[str, Any] = {option: text if option == "weight" else [text]}
        Sieve(**options, level="document")


# What is refused -------------------------------------------------------------------

KNOWN = (
    "document, paragraph, start, end, length, language, label, original, paraphrased, "
    "machine_mangled, evidence, abstained, findings, model"
)
GRAMMAR = (
    "is not allowed; known are names, numbers, strings, and, or, not, comparisons, "
    "in [...], is None, + - * /, if else, and calls of has, count, min, max, abs"
)


@pytest.mark.parametrize(
    ("expression", "problem"),
    [
        ("lable == 3", f"'lable' (column 1) is not known; known names: {KNOWN}"),
        (
            "evidence == strong",
            "'strong' (column 13) is not known; write it in quotes",
        ),
        (
            "label == original",
            "'label == original' (column 1) compares a label with a number; "
            'write "original" in quotes',
        ),
        ("label < 3", "'label < 3' (column 1) compares a label with a number"),
        (
            'label < "original"',
            "'label < \"original\"' (column 1) orders a label, which has no order; "
            "use == or !=",
        ),
        (
            'label == "orignal"',
            "'\"orignal\"' (column 10) is not a label; known are original, "
            "paraphrased, machine_mangled",
        ),
        (
            'evidence >= "medium"',
            "'\"medium\"' (column 13) is not a grade of evidence; known are none, "
            "weak, moderate, strong",
        ),
        (
            "findings and original > 1",
            "'findings' (column 1) is a number, but and needs a condition",
        ),
        ("not label", "'label' (column 5) is a label, but not needs a condition"),
        (
            "findings",
            "'findings' (column 1) is a number, not a condition; "
            "compare it with something",
        ),
        (
            "label + 1 > 2",
            "'label' (column 1) is a label, but arithmetic needs a number",
        ),
        ("-label > 2", "'label' (column 2) is a label, but a sign needs a number"),
        ("~findings > 2", "'~findings' (column 1) is no arithmetic; known are + - * /"),
        ("2 ** 9 > 1", "'2 ** 9' (column 1) is no arithmetic; known are + - * /"),
        ("label == None", "'None' (column 10) equals nothing; write: ... is None"),
        (
            "label is 3",
            "'label is 3' (column 1) compares with is, which only None may follow",
        ),
        (
            "has('MT5') == True",
            "'True' (column 15) is no value here; conditions stand alone, or behind "
            "not",
        ),
        ("findings > 1e999", "'1e999' (column 12) is too large a number"),
        (
            f"findings > {'9' * 400}",
            f"'{'9' * 57}...' (column 12) is too large a number",
        ),
        (
            "language in 'en'",
            '"\'en\'" (column 13) cannot follow in; write a list, such as ["en", "de"]',
        ),
        (
            "language in []",
            '\'[]\' (column 13) cannot follow in; write a list, such as ["en", "de"]',
        ),
        (
            "length in [end]",
            "'end' (column 12) must be a number or a string",
        ),
        (
            "language in [1]",
            "'1' (column 14) compares text with a number",
        ),
        (
            "document.upper() == 'A'",
            "'document.upper()' (column 1) calls what is not "
            "known; known are has, count, min, max, abs",
        ),
        ("document.x == 'A'", f"'document.x' (column 1) {GRAMMAR}"),
        ("[x for x in document] == 1", f"'[x for x in document]' (column 1) {GRAMMAR}"),
        ("lambda: 1", f"'lambda: 1' (column 1) {GRAMMAR}"),
        ("document[0] == 'a'", f"'document[0]' (column 1) {GRAMMAR}"),
        ("f'{label}' == 'a'", f"\"f'{{label}}'\" (column 1) {GRAMMAR}"),
        ("(x := 1) > 0", f"'x := 1' (column 2) {GRAMMAR}"),
        ("[1] == 1", f"'[1]' (column 1) {GRAMMAR}"),
        ("min(1) > 0", "'min(1)' (column 1) needs two values or more, got 1"),
        ("abs(1, 2) > 0", "'abs(1, 2)' (column 1) needs one value, got 2"),
        ("min(*label) > 0", "'min(*label)' (column 1) gives min what it does not know"),
        ("abs(x=1) > 0", "'abs(x=1)' (column 1) gives abs what it does not know"),
        ("abs(label) > 0", "'label' (column 5) is a label, but abs needs a number"),
        (
            "has(label)",
            "'has(label)' (column 1) needs a code in quotes, such as has(\"MT501\")",
        ),
        (
            'any(label == "original")',
            "'any(label == \"original\")' (column 1) any needs --level document",
        ),
        (
            "'é' == 'é' and lable == 1",
            f"'lable' (column 16) is not known; known names: {KNOWN}",
        ),
        (
            "(1 if findings else 2) > 1",
            "'findings' (column 7) is a number, but if needs a condition",
        ),
    ],
)
def test_what_is_wrong_is_named_with_its_place(expression: str, problem: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse(expression, "keep")
    assert str(caught.value) == f"config: keep: {problem}"


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("", "config: keep must not be empty"),
        ("  \n ", "config: keep must not be empty"),
        (
            "label ==",
            "config: keep 'label ==' is not understood at column 9, at its end: "
            "invalid syntax",
        ),
        (
            "label = 'original'",
            "config: keep \"label = 'original'\" is not understood at column 7, before "
            "\"= 'original'\": invalid syntax; write == to compare",
        ),
        (
            "label == 'original' evidence",
            "config: keep \"label == 'original' evidence\" is not understood at column "
            "21, before 'evidence': invalid syntax",
        ),
        (
            "1 " * 6000,
            "config: keep must have at most 10000 characters, got 12000",
        ),
    ],
    ids=["empty", "blank", "cut", "one =", "two", "long"],
)
def test_what_is_no_expression_is_refused(expression: str, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse(expression, "keep")
    assert str(caught.value) == message


def test_codes_of_no_rule_are_refused() -> None:
    with pytest.raises(ConfigError, match=r"^config: 'MT999' in keep must be a code, "):
        parse('has("MT999")', "keep")


@pytest.mark.parametrize(
    "expression",
    [
        "(" * 4000 + "1" + ")" * 4000,
        "not " * 2400 + "1 > 0",
        "+".join("1" * 4000) + " > 0",
        "-" * 9000 + "1 > 0",
        "\0 > 1",
        "\ud800 > 1",
        "[" * 9000,
        "9" * 9000 + " > 1",
    ],
    ids=["brackets", "not", "sum", "signs", "nul", "surrogate", "open", "digits"],
)
def test_no_expression_brings_the_program_down(expression: str) -> None:
    with pytest.raises(ConfigError, match=r"^config: keep"):
        parse(expression, "keep")


WORDS = "( ) [ ] + - * / < , . = == =1 *a é None 1 'en' \"weak\" has( share( lambda:"
KEYWORDS = [" in ", " is ", " not ", " and ", " if ", " else "]
words = st.sampled_from([*NAMES, *WORDS.split(), *KEYWORDS])


@given(st.one_of(st.text(), st.lists(words, max_size=12).map(" ".join)), st.booleans())
def test_any_text_is_an_expression_or_refused(text: str, is_of_documents: bool) -> None:
    with suppress(ConfigError):
        parse(text, "keep", is_of_documents=is_of_documents)


def test_a_long_chain_of_or_is_not_deep() -> None:
    expression = " or ".join(f'document == "d{number}"' for number in range(400))
    assert holds(expression, row("d399"), row("d400")) == [True, False]
    assert holds("not " * (DEEPEST - 3) + "1 > 0", row()) == [False]


def test_strange_escapes_are_no_warnings() -> None:
    assert holds(r"document == '\d'", row(r"\d")) == [True]


# What becomes of rows --------------------------------------------------------------


def test_a_row_goes_for_the_first_reason_and_each_is_counted() -> None:
    rows = [
        row("a", evidence="strong", codes=["MT501"]),
        row("b", codes=["MT501"]),
        row("c", label="paraphrased"),
        row("d"),
        row("e", label=None),
    ]
    found, sieve = kept(
        [table(rows)],
        drop=['evidence == "strong"', 'has("MT5")'],
        keep=['label == "original"'],
    )
    assert [one["document"] for one in found] == ["d"]
    assert [*sieve.counts.lines("paragraph")] == [
        "1 of 5 paragraphs kept",
        "1 dropped: --drop 'evidence == \"strong\"' holds",
        "1 dropped: --drop 'has(\"MT5\")' holds",
        "1 dropped: --keep 'label == \"original\"' does not hold",
        "1 dropped: --keep 'label == \"original\"' is unknown",
    ]


def test_a_drop_that_is_unknown_leaves_the_row_and_says_so() -> None:
    found, sieve = kept([table([NOT_JUDGED])], drop=['evidence >= "weak"'])
    assert found == [{"document": "a", "paragraph": 0, "start": 0, "end": 10}]
    assert [*sieve.counts.lines("paragraph")] == [
        "1 of 1 paragraph kept",
        "1 kept although --drop 'evidence >= \"weak\"' is unknown",
    ]


def test_of_several_keeps_all_must_hold() -> None:
    rows = [row("a", end=3), row("b", end=9, language="de"), row("c", end=9)]
    found, _ = kept([table(rows)], keep=["length > 5", 'language == "en"'])
    assert [one["document"] for one in found] == ["c"]


def test_weights_are_written_and_what_weighs_nothing_goes() -> None:
    rows = [row("a", codes=["MT101"]), row("b"), NOT_JUDGED, row("c", codes=["MT501"])]
    weight = '(1 if label is not None else original) - count("MT5")'
    found, sieve = kept([table(rows)], weight=weight)
    assert [(one["document"], one["weight"]) for one in found] == [("a", 1), ("b", 1)]
    assert [*sieve.counts.lines("paragraph")][1:] == [
        f"1 dropped: --weight {weight!r} is unknown",
        f"1 dropped: --weight {weight!r} is not above 0",
    ]


def test_a_weight_must_be_a_number() -> None:
    with pytest.raises(ConfigError) as caught:
        Sieve(weight="original > 1")
    assert str(caught.value) == (
        "config: weight: 'original > 1' (column 1) is a condition, not a number; "
        "give a number"
    )


def test_one_number_for_all_is_a_weight() -> None:
    found, _ = kept([table([row(), row("b")])], weight="2")
    assert [one["weight"] for one in found] == [2, 2]


# Documents -------------------------------------------------------------------------

DOCUMENTS = [
    row("a", 0, 0, 10, "original", (0.8, 0.1, 0.1)),
    row("a", 1, 12, 42, "paraphrased", (0.2, 0.7, 0.1), "weak", codes=["MT101"]),
    row("a", 2, 44, 50, None),
    row("b", 0, 0, 5, None),
    row("c", 0, 2, 12, "paraphrased", (0.1, 0.6, 0.3), "strong"),
]


@pytest.mark.parametrize(
    ("expression", "a", "b", "c"),
    [
        ('share(label == "paraphrased")', 0.75, None, 1.0),
        ('share(label == "paraphrased" and label is not None)', 30 / 46, 0.0, 1.0),
        ("mean(original)", 0.35, None, 0.1),
        ("sum(findings)", 1, 0, 0),
        ("sum(length) - sum(count('MT1'))", 45, 5, 10),
        ("1 if any(evidence >= 'strong') else 0", 0, None, 1),
        ("1 if all(label == 'paraphrased') else 0", 0, None, 1),
        ("1 if document == 'a' else 0", 1, 0, 0),
        ("max(mean(original), mean(paraphrased))", 0.55, None, 0.6),
    ],
)
def test_an_aggregate_is_over_what_is_known_of_a_document(
    expression: str, a: float | None, b: float | None, c: float | None
) -> None:
    found, sieve = kept([table(DOCUMENTS)], weight=expression, level="document")
    weights = {one["document"]: one["weight"] for one in found}
    expected = {"a": a, "b": b, "c": c}
    assert weights == pytest.approx({k: v for k, v in expected.items() if v})
    n_unknown = sum(value is None for value in expected.values())
    assert sum(n for r, n in sieve.counts.dropped.items() if r.is_unknown) == n_unknown


def test_a_document_has_the_span_of_its_rows() -> None:
    found, _ = kept([table(DOCUMENTS)], keep=["sum(length) > 0"], level="document")
    assert found == [
        {"document": "a", "paragraph": None, "start": 0, "end": 50},
        {"document": "b", "paragraph": None, "start": 0, "end": 5},
        {"document": "c", "paragraph": None, "start": 2, "end": 12},
    ]


def test_two_documents_of_one_name_are_two() -> None:
    twins = [row("a", 0), row("a", 1), row("a", 0)]
    found, _ = kept([table(twins)], weight="sum(length)", level="document")
    assert [one["weight"] for one in found] == [20, 10]


def test_no_rows_are_no_documents() -> None:
    for batches in ([], [table([])]):
        found, sieve = kept(batches, keep=["sum(length) > 0"], level="document")
        assert (found, sieve.counts.n_seen) == ([], 0)


def test_rows_of_documents_may_be_named_and_aggregated() -> None:
    rows = [row("a", None), row("a", None), row("b", None, label=None)]
    found, _ = kept(
        [table(rows), table(rows)],
        keep=['label == "original" and share(findings == 0) == 1 and not has("MT1")'],
        level="document",
    )
    assert [one["document"] for one in found] == ["a"] * 4


@pytest.mark.parametrize(
    ("expression", "problem"),
    [
        (
            'label == "original"',
            "'label' (column 1) is of a paragraph; say what it means for a document, "
            "such as share(...), any(...) or all(...) around it",
        ),
        (
            "original > 0.5",
            "'original' (column 1) is of a paragraph; say what it means for a "
            "document, such as mean(...), any(...) or all(...) around it",
        ),
        (
            'has("MT1")',
            "'has(\"MT1\")' (column 1) is of a paragraph; say what it means for a "
            "document, such as share(...), any(...) or all(...) around it",
        ),
    ],
)
def test_a_bare_name_of_a_paragraph_is_refused(expression: str, problem: str) -> None:
    with pytest.raises(ConfigError) as caught:
        kept([table(DOCUMENTS)], keep=[expression], level="document")
    assert str(caught.value) == f"config: keep: {problem}"


@pytest.mark.parametrize(
    ("expression", "problem"),
    [
        (
            "share(any(findings > 1)) > 0",
            "'any(findings > 1)' (column 7) stands inside of another one; "
            "only one can be asked",
        ),
        (
            "mean(findings > 1) > 0",
            "'findings > 1' (column 6) is a condition, but mean needs a number",
        ),
        (
            "share(findings) > 0",
            "'findings' (column 7) is a number, but share needs a condition",
        ),
        ("share() > 0", "'share()' (column 1) needs one value, got 0"),
    ],
)
def test_aggregates_are_checked(expression: str, problem: str) -> None:
    with pytest.raises(ConfigError) as caught:
        Sieve([expression], level="document")
    assert str(caught.value) == f"config: keep: {problem}"


lengths = st.lists(st.integers(1, 5), min_size=1, max_size=6)
documents = lengths.flatmap(
    lambda sizes: st.tuples(
        st.just(sizes), st.lists(rows, min_size=sum(sizes), max_size=sum(sizes))
    )
)


def numbered(sizes: Sequence[int], some: Sequence[Row]) -> Iterator[Row]:
    """Yield rows as those of documents of these sizes, some with the same name."""
    pool = iter(some)
    for number, size in enumerate(sizes):
        for paragraph in range(size):
            yield next(pool) | {"document": f"d{number // 2}", "paragraph": paragraph}


def cut(some: Sequence[Row], places: Sequence[int]) -> Iterator[Any]:
    """Yield the rows in batches that end at the places, empty ones among them."""
    edges = [0, *sorted(place % (len(some) + 1) for place in places), len(some)]
    for start, end in pairwise(edges):
        yield table(some[start:end])


@given(documents, st.lists(st.integers(0, 30), max_size=6))
def test_the_cut_of_batches_moves_no_digit_of_a_document(
    drawn: tuple[list[int], list[Row]], places: list[int]
) -> None:
    some = [*numbered(*drawn)]
    options: dict[str, Any] = {
        "keep": ['share(evidence >= "weak") < 0.7 or any(label is None)'],
        "weight": "mean(original / 3) + sum(count('MT1')) + 1",
        "level": "document",
    }
    whole, sieve = kept([table(some)], **options)
    parted, other = kept([*cut(some, places)], **options)
    assert parted == whole
    assert other.counts == sieve.counts
    assert sieve.counts.n_seen == len(drawn[0])


# What was lost ---------------------------------------------------------------------


def test_documents_that_lost_a_row_are_left_out() -> None:
    lost = InputError("scores.jsonl:7", "is no JSON")
    rows = [
        row("a", 0),
        row("b", 0),
        row("b", 1),
        row("c", 2),
        row("d", 0),
        row("e", 0),
        row("f", 0),
    ]
    batches = [table(rows[:3]), lost, table(rows[3:5]), lost, table(rows[5:])]
    found, sieve = kept(batches, keep=["sum(length) > 0"], level="document")
    assert [one["document"] for one in found] == ["a", "e", "f"]
    assert [*sieve.counts.lines("document")] == [
        "3 of 3 documents kept",
        "3 documents left out, of which rows are lost",
        "scores are lost in 2 places",
    ]


def test_a_document_that_goes_on_behind_a_loss_is_one_and_left_out() -> None:
    lost = InputError("scores.jsonl:7", "is no JSON")
    batches = [lost, table([row("a", 0)]), lost, table([row("a", 2), row("b", 0)])]
    found, sieve = kept(batches, keep=["sum(length) > 0"], level="document")
    assert [one["document"] for one in found] == ["b"]
    assert sieve.counts.n_torn == 1


def test_paragraphs_and_what_is_lost_pass_in_order() -> None:
    lost = InputError("scores.jsonl:7", "is no JSON")
    sieve = Sieve(["length > 0"])
    parts: list[Any] = [*sieve.sift([table([row("a")]), lost, table([row("b")])])]
    assert parts[1] is lost
    assert sieve.counts.n_lost == 1
    assert [part["document"][0].as_py() for part in (parts[0], parts[2])] == ["a", "b"]
