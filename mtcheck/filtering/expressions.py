"""A small part of Python's expressions, checked before the first row is read."""

import ast
import warnings
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from math import isfinite
from typing import NoReturn, Protocol

from mtcheck.errors import ConfigError
from mtcheck.filtering import values
from mtcheck.filtering.values import (
    CONDITION,
    EVIDENCE_GRADE,
    NAMES,
    NUMBER,
    TEXT,
    Kind,
    Values,
)
from mtcheck.linting.selection import known_code

LONGEST = 10_000
"""Characters of an expression; nobody writes more by hand."""

DEEPEST = 50
"""Levels of an expression; Python's own stack bears some more."""

AGGREGATES = ("share", "any", "all", "mean", "sum")
"""What is said of a document by an expression over its paragraphs."""

_OF_DOCUMENT = ("document", "model")
"""Names that are the same for all paragraphs of a document."""

_FUNCTIONS = ("has", "count", "min", "max", "abs")


class Source(Protocol):
    """What expressions are worked out from: rows, or documents."""

    def named(self, name: str) -> Values:
        """Return the values of a name."""

    def matching(self, code: str) -> Values:
        """Return how many findings of each row a code, its start or a name means."""

    def aggregated(self, aggregate: "Aggregate") -> Values:
        """Return the values of an aggregate of the expression."""


Work = Callable[[Source], Values]


@dataclass(frozen=True, slots=True)
class Term:
    """A checked part of an expression: what it is, and how it is worked out."""

    kind: Kind
    work: Work
    literal: str | float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Aggregate:
    """An expression over the paragraphs of a document, and what is made of it."""

    function: str
    work: Work


@dataclass(frozen=True, slots=True)
class Expression:
    """A checked expression.

    ``names`` are those that it needs of rows. Where ``of_documents`` has a name, it
    stands outside of every aggregate, and means something only where a row is a
    document.
    """

    text: str
    work: Work
    names: frozenset[str]
    aggregates: tuple[Aggregate, ...]
    of_documents: ConfigError | None


def parse(
    text: str, option: str, *, kind: Kind = CONDITION, is_of_documents: bool = False
) -> Expression:
    """Return the checked expression; a ConfigError says what is wrong, and where.

    ``option`` is what messages call it.
    """
    tree = _tree(text, option)
    checker = _Checker(text, option, is_of_documents)
    term = checker.check(tree)
    if term.kind is not kind:
        hint = "compare it with something" if kind is CONDITION else "give a number"
        checker.refuse(tree, f"is {term.kind.name}, not {kind.name}; {hint}")
    return Expression(
        text,
        term.work,
        frozenset(checker.names),
        tuple(checker.aggregates),
        checker.of_documents,
    )


def _tree(text: str, option: str) -> ast.expr:
    if len(text) > LONGEST:
        raise ConfigError(
            f"config: {option} must have at most {LONGEST} characters, got {len(text)}"
        )
    # Places count one line without blanks in front.
    line = " ".join(text.splitlines()).lstrip()
    if not line:
        raise ConfigError(f"config: {option} must not be empty")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about strange escapes
            return ast.parse(line, mode="eval").body
    except SyntaxError as error:
        # Python gives no place where the text ends too soon.
        column = min(error.offset or LONGEST, len(line) + 1)
        rest = line[column - 1 :]
        place = f"before {rest!r}" if rest else "at its end"
        hint = "; write == to compare" if rest.startswith("=") else ""
        raise ConfigError(
            f"config: {option} {line!r} is not understood at column {column}, {place}: "
            f"{error.msg}{hint}"
        ) from None
    except (ValueError, MemoryError, RecursionError):
        raise ConfigError(
            f"config: {option} is not understood: it holds what is no text, or is "
            "nested too deep"
        ) from None


class _Checker:
    """Turns the nodes of a tree into terms, and refuses all that it does not know."""

    def __init__(self, text: str, option: str, is_of_documents: bool) -> None:
        self._line = " ".join(text.splitlines()).lstrip()
        self._option = option
        self._is_of_documents = is_of_documents
        self._depth = 0
        self._is_inside = False
        self.names: set[str] = set()
        self.aggregates: list[Aggregate] = []
        self.of_documents: ConfigError | None = None

    def refuse(self, node: ast.AST, problem: str) -> NoReturn:
        """Raise a ConfigError that names the part and its place."""
        raise self._error(node, problem)

    def _error(self, node: ast.AST, problem: str) -> ConfigError:
        part = ast.get_source_segment(self._line, node) or self._line
        before = self._line.encode()[: getattr(node, "col_offset", 0)].decode()
        shown = part if len(part) <= 60 else f"{part[:57]}..."
        return ConfigError(
            f"config: {self._option}: {shown!r} (column {len(before) + 1}) {problem}"
        )

    def check(self, node: ast.expr) -> Term:
        """Return the term of a node."""
        known = getattr(self, f"_{type(node).__name__.lower()}", None)
        if known is None:
            self.refuse(
                node,
                "is not allowed; known are names, numbers, strings, and, or, not, "
                "comparisons, in [...], is None, + - * /, if else, and calls of "
                f"{', '.join(self._callable())}",
            )
        self._depth += 1
        if self._depth > DEEPEST:
            self.refuse(node, f"is nested more than {DEEPEST} deep")
        term: Term = known(node)
        self._depth -= 1
        return term

    def _callable(self) -> tuple[str, ...]:
        return _FUNCTIONS + (AGGREGATES if self._is_of_documents else ())

    def _need(self, node: ast.expr, kind: Kind, user: str) -> Work:
        term = self.check(node)
        if term.kind is not kind:
            self.refuse(node, f"is {term.kind.name}, but {user} needs {kind.name}")
        return term.work

    # One method for each kind of node.

    def _name(self, node: ast.Name) -> Term:
        name = node.id
        if name not in NAMES:
            hint = "; write it in quotes" if name in _MEMBERS else ""
            known = f"known names: {', '.join(NAMES)}"
            self.refuse(node, f"is not known{hint or f'; {known}'}")
        if self._is_of_documents and not self._is_inside and name not in _OF_DOCUMENT:
            self._bare(node, name)
        self.names.add(name)
        return Term(NAMES[name], lambda source: source.named(name))

    def _bare(self, node: ast.expr, example: str) -> None:
        error = self._error(
            node,
            "is of a paragraph; say what it means for a document, such as "
            f"{'mean' if NAMES.get(example) is NUMBER else 'share'}(...), any(...) or "
            "all(...) around it",
        )
        self.of_documents = self.of_documents or error

    def _constant(self, node: ast.Constant) -> Term:
        value = node.value
        if isinstance(value, str):
            return Term(TEXT, _always(values.literal(value)), value)
        if value is None:
            self.refuse(node, "equals nothing; write: ... is None")
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.refuse(node, "is no value here; conditions stand alone, or behind not")
        try:
            number = float(value)
        except OverflowError:
            number = float("inf")
        if not isfinite(number):
            self.refuse(node, "is too large a number")
        return Term(NUMBER, _always(values.literal(number)), number)

    def _boolop(self, node: ast.BoolOp) -> Term:
        is_and = isinstance(node.op, ast.And)
        join = values.ALL_AND if is_and else values.ANY_OR
        works = [
            self._need(part, CONDITION, "and" if is_and else "or")
            for part in node.values
        ]
        return Term(CONDITION, _folded(join, works))

    def _unaryop(self, node: ast.UnaryOp) -> Term:
        if isinstance(node.op, ast.Not):
            work = self._need(node.operand, CONDITION, "not")
            return Term(CONDITION, lambda source: values.NOT(work(source)))
        if not isinstance(node.op, ast.USub | ast.UAdd):
            self.refuse(node, "is no arithmetic; known are + - * /")
        work = self._need(node.operand, NUMBER, "a sign")
        if isinstance(node.op, ast.UAdd):
            return Term(NUMBER, work)
        zero = values.literal(0.0)
        return Term(NUMBER, lambda source: values.subtract(zero, work(source)))

    def _binop(self, node: ast.BinOp) -> Term:
        operation = _ARITHMETIC.get(type(node.op))
        if operation is None:
            self.refuse(node, "is no arithmetic; known are + - * /")
        works = [
            self._need(part, NUMBER, "arithmetic") for part in (node.left, node.right)
        ]
        return Term(NUMBER, _called(operation, works))

    def _ifexp(self, node: ast.IfExp) -> Term:
        test = self._need(node.test, CONDITION, "if")
        works = [
            test,
            *(self._need(part, NUMBER, "if else") for part in (node.body, node.orelse)),
        ]
        return Term(NUMBER, _called(values.CHOOSE, works))

    def _compare(self, node: ast.Compare) -> Term:
        parts, works = [node.left, *node.comparators], []
        for left, operator, right in zip(parts, node.ops, parts[1:], strict=False):
            works.append(self._pair(node, left, operator, right))
        return Term(CONDITION, _folded(values.ALL_AND, works))

    def _pair(
        self, node: ast.expr, left: ast.expr, operator: ast.cmpop, right: ast.expr
    ) -> Work:
        if isinstance(operator, ast.Is | ast.IsNot):
            if not (isinstance(right, ast.Constant) and right.value is None):
                self.refuse(node, "compares with is, which only None may follow")
            work = self.check(left).work
            if isinstance(operator, ast.Is):
                return lambda source: values.IS_NULL(work(source))
            return lambda source: values.NOT(values.IS_NULL(work(source)))
        if isinstance(operator, ast.In | ast.NotIn):
            return self._among(left, right, isinstance(operator, ast.NotIn))
        terms = self._alike(node, left, right)
        kind = terms[0].kind
        if not kind.is_ordered and not isinstance(operator, ast.Eq | ast.NotEq):
            self.refuse(node, f"orders {kind.name}, which has no order; use == or !=")
        compare = values.COMPARE[type(operator).__name__]
        return _called(compare, [term.work for term in terms])

    def _among(self, left: ast.expr, right: ast.expr, is_not: bool) -> Work:
        if not isinstance(right, ast.List | ast.Tuple | ast.Set) or not right.elts:
            self.refuse(right, 'cannot follow in; write a list, such as ["en", "de"]')
        works = []
        for element in right.elts:
            first, second = self._alike(element, left, element)
            if second.literal is None:
                self.refuse(element, "must be a number or a string")
            works.append(second.work)
        work = first.work

        def among(source: Source) -> Values:
            members = [member(source) for member in works]
            found = values.is_among(work(source), members)
            return values.NOT(found) if is_not else found

        return among

    def _alike(
        self, node: ast.expr, left: ast.expr, right: ast.expr
    ) -> tuple[Term, Term]:
        """Return two terms that can be compared."""
        first, second = self.check(left), self.check(right)
        if second.kind.members:
            first = self._member(left, first, second.kind)
        elif first.kind.members:
            second = self._member(right, second, first.kind)
        if first.kind is not second.kind:
            problem = f"compares {first.kind.name} with {second.kind.name}"
            # Labels are names of their probabilities, too.
            if isinstance(right, ast.Name) and right.id in first.kind.members:
                problem += f'; write "{right.id}" in quotes'
            self.refuse(node, problem)
        return first, second

    def _member(self, node: ast.expr, term: Term, kind: Kind) -> Term:
        """Return a string as the member of a closed set that it names."""
        value = term.literal
        if not isinstance(value, str):
            return term
        if value not in kind.members:
            known = ", ".join(kind.members)
            self.refuse(node, f"is not {kind.name}; known are {known}")
        if kind is EVIDENCE_GRADE:
            return Term(kind, _always(values.grade(value)), value)
        return Term(kind, term.work, value)

    def _call(self, node: ast.Call) -> Term:
        name = node.func.id if isinstance(node.func, ast.Name) else None
        if name in AGGREGATES and not self._is_of_documents:
            self.refuse(node, f"{name} needs --level document")
        if name not in self._callable():
            known = ", ".join(self._callable())
            self.refuse(node, f"calls what is not known; known are {known}")
        if node.keywords or any(isinstance(item, ast.Starred) for item in node.args):
            self.refuse(node, f"gives {name} what it does not know")
        n_least, n_most = _N_ARGUMENTS.get(name, (1, 1))
        if not n_least <= len(node.args) <= n_most:
            needed = "two values or more" if n_least > 1 else "one value"
            self.refuse(node, f"needs {needed}, got {len(node.args)}")
        if name in AGGREGATES:
            return self._aggregate(node, name)
        if name in ("has", "count"):
            return self._findings(node, name)
        works = [self._need(item, NUMBER, name) for item in node.args]
        return Term(NUMBER, _called(_NUMERIC[name], works))

    def _findings(self, node: ast.Call, name: str) -> Term:
        (argument,) = node.args
        given = argument.value if isinstance(argument, ast.Constant) else None
        if not isinstance(given, str):
            self.refuse(node, f'needs a code in quotes, such as {name}("MT501")')
        code = known_code(given, f" in {self._option}")
        if self._is_of_documents and not self._is_inside:
            self._bare(node, name)
        self.names.add("findings")
        if name == "count":
            return Term(NUMBER, lambda source: source.matching(code))
        none = values.literal(0.0)
        more = values.COMPARE["Gt"]
        return Term(CONDITION, lambda source: more(source.matching(code), none))

    def _aggregate(self, node: ast.Call, name: str) -> Term:
        if self._is_inside:
            self.refuse(node, "stands inside of another one; only one can be asked")
        self._is_inside = True
        kind = NUMBER if name in ("mean", "sum") else CONDITION
        inner = self._need(node.args[0], kind, name)
        self._is_inside = False
        aggregate = Aggregate(name, inner)
        self.aggregates.append(aggregate)
        made = CONDITION if name in ("any", "all") else NUMBER
        return Term(made, lambda source: source.aggregated(aggregate))


_MEMBERS = {member for kind in NAMES.values() for member in kind.members}
_ARITHMETIC: dict[type[ast.operator], Callable[..., Values]] = {
    ast.Add: values.add,
    ast.Sub: values.subtract,
    ast.Mult: values.multiply,
    ast.Div: values.divide,
}
_NUMERIC: dict[str, Callable[..., Values]] = {
    "min": values.smallest,
    "max": values.largest,
    "abs": values.magnitude,
}
_MANY = 100
_N_ARGUMENTS = {"min": (2, _MANY), "max": (2, _MANY)}


def _always(value: Values) -> Work:
    return lambda source: value


def _called(operation: Callable[..., Values], works: Sequence[Work]) -> Work:
    return lambda source: operation(*[work(source) for work in works])


def _folded(join: Callable[..., Values], works: Iterable[Work]) -> Work:
    parts = tuple(works)
    return lambda source: reduce(join, [part(source) for part in parts])
