"""What rules mean, in Markdown: the page of all rules, and what editors show of one."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import groupby

from mtcheck.explain import plain_message, traits
from mtcheck.rules import Rule, all_rules

_MARKDOWN = re.compile(r"[\\`*_<>\[\]|#]")
_FENCE = re.compile("`{3,}")


def rules_page() -> Iterator[str]:
    """Yield the lines of the page of all rules, grouped by family."""
    yield "# Rules"
    yield ""
    yield "Made from the rules by `python tests/update_docs.py`; `mtcheck explain CODE`"
    yield "prints the same of one rule. What a rule marks stands between ⟦ and ⟧; a"
    yield "character that cannot be seen stands as its number, like ⟨U+00A0⟩."
    for family, rules in groupby(all_rules(), key=lambda rule: rule.family):
        members = tuple(rules)
        yield ""
        yield f"## {family.capitalize()}"
        yield ""
        yield from _table(members)
        for rule in members:
            yield ""
            yield f"### {rule.code} {rule.name}"
            yield ""
            yield from _body(rule)


def rule_page(rule: Rule) -> Iterator[str]:
    """Yield the lines on one rule."""
    yield f"**{rule.code} {rule.name}**"
    yield ""
    yield from _body(rule)


def _table(rules: Sequence[Rule]) -> Iterator[str]:
    yield "| rule | what it finds | severity | `--fix` |"
    yield "| --- | --- | --- | --- |"
    for rule in rules:
        link = f"[{rule.code}](#{rule.code.lower()}-{rule.name})"
        mended = "yes" if rule.fix else ""
        yield f"| {link} | {_plain(plain_message(rule))} | {rule.severity} | {mended} |"


def _body(rule: Rule) -> Iterator[str]:
    message = _plain(plain_message(rule))
    yield f"{message[0].upper()}{message[1:]} ({', '.join(traits(rule))})."
    yield ""
    yield _plain(rule.why)
    yield ""
    yield from _examples("Bad", rule.bad)
    yield ""
    yield from _examples("Good", rule.good)


def _examples(title: str, examples: Sequence[str]) -> Iterator[str]:
    yield f"{title}:"
    for block in _blocks(examples):
        fence = "`" * max(map(len, ["``", *_FENCE.findall(block)])) + "`"
        yield ""
        yield f"{fence}text"
        yield from block.split("\n")
        yield fence


def _blocks(examples: Sequence[str]) -> Iterator[str]:
    """Yield what to show together: lines in a row, or one example of several lines."""
    for is_long, group in groupby(map(_shown, examples), key=lambda text: "\n" in text):
        lines = list(group)
        yield from lines if is_long else ["\n".join(lines)]


def _plain(text: str) -> str:
    r"""Return a text that Markdown leaves as it is.

    >>> print(_plain("a <meta> tag"))
    a \<meta\> tag
    """
    return _MARKDOWN.sub(r"\\\g<0>", _shown(text))


def _shown(text: str) -> str:
    r"""Return a text with all that cannot be seen spelled out.

    >>> _shown("no\u200bthing")
    'no⟨U+200B⟩thing'
    """
    return "".join(
        f"⟨U+{ord(character):04X}⟩" if _is_unseen(character) else character
        for character in text
    )


def _is_unseen(character: str) -> bool:
    return character not in " \n" and unicodedata.category(character)[0] in "CZ"
