"""What runs into each other, sentences and words, and what was torn apart."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache

from mtcheck.languages import Language, all_languages, language, languages
from mtcheck.rules import Rule
from mtcheck.segment import Passage
from mtcheck.shapes import HUMP, LOOSE_MARK, LOWER, OPENER, TORN, UPPER
from mtcheck.types import Span

_WINDOW = 40

_NO_SPACE = re.compile(rf"[.!?…][\"”“»’)\]]?(?=[\"“„«»(]?[{UPPER}])")
_BEFORE = re.compile(r"(?:^|[\s(\"“„»«’'/–—-])([^\W_]+)$|(?<=\.)([^\W\d_])$")
_AFTER = re.compile(
    rf"[\"“„«»(]?([{UPPER}][{LOWER}]+|A|I)(?=[\s,;:’'\"“”]|-\w|$)(?!['’]s?\))"
)
_STOP = re.compile(r"[.!?][^\w\s]?(?:\s|\Z)")
_LAST_WORD = re.compile(r"(?<!\w)(?:[^\W\d_]+|[12]\d{3})\Z")
_MIN_PROSE, _LONG_TITLE, _LONGEST_TITLE = 10, 15, 20
"""Words that prove a start of a sentence: with many small ones, without, and where a
name comes last, as it does in many headlines."""

_LONGEST_NUMBER = 4
"""Letters of what may be a part of a name before a comma: "World War Two, and"."""

_REACH = 300
_WORD_AT = re.compile(r"[^\W\d_]+")
_WORD_NEXT = re.compile(r" [^\W\d_]{2}")

# Lists of values (a,b,c), formulas f(x,t) and addresses do without a space.
_COMMA = re.compile(
    r"(?<![\w=/.,;:{\[<(〈|#&@$%\\'’])((?=[A-Za-zÀ-ɏ])[^\W\d_]{2,60}+|\d{1,4}+)[\"”“»)]?"
    r"[,;][\"“„(]?((?:[^\W\d_]{2,60}+|[aiI](?=[ '’]))-?)(?![\w=/@:(]|[,;.]\w)"
)
# Sets that are rare stand in front: they say of most texts that nothing is there.
_TIGHT = re.compile(r"[,;][\"“„(]?[^\W\d_]")
_I = rf"I(?= [{LOWER}]|[’'](?:m|d|ll|ve)\b)"
_HUMP = re.compile(
    rf"(?<![\w@/.,:;#$\\\"“”„'’`>=&{{\[+])([{LOWER}]{{1,60}}+)"
    rf"([{UPPER}][{LOWER}]{{1,60}}+|{_I})(?![\w(/@=\[_\"”“`]|[.:]\w)"
)
_MIN_HUMP = 4
"""Shorter words with a capital inside are names of things (eBay, iPhone)."""

_GAP = re.compile(r"-[ \xa0\n\r\t]")
_HEAD = re.compile(r"(?<![\w-])[^\W\d_]{2,30}-\Z")
_TAIL = re.compile(rf"[{LOWER}]{{2,30}}+")
_HYPHEN = re.compile(
    rf"(?<![\w-])[^\W\d_]{{2,30}}+-(?:[ \xa0]|[ \t]?\r?\n[ \t]{{0,8}})"
    rf"([{LOWER}]{{2,30}}+)"
)


def _run_on(passage: Passage) -> list[Span]:
    return sorted([*_glued(passage), *_stopless(passage)])


def _glued(passage: Passage) -> Iterator[Span]:
    code = passage.paragraph.language
    if code not in languages():
        return
    text, offset = passage.paragraph.text, passage.paragraph.span.start
    for match in _NO_SPACE.finditer(text):
        if text.startswith("..", match.start() - 1):
            continue  # "and then...But no": the end of a row of dots
        before = _BEFORE.search(text[max(0, match.start() - _WINDOW) : match.start()])
        after = _AFTER.match(text, match.end())
        if after and _are_sentences(text, before, after, language(code)):
            width = len(before[1] or before[2]) if before else 0
            yield Span(match.start() - width, after.end()).shift(offset)


def _are_sentences(
    text: str, before: re.Match[str] | None, after: re.Match[str], known: Language
) -> bool:
    """Tell whether one sentence ends and one starts; else it may be a file or name."""
    word = before[1] if before else None
    is_word = len(after[1]) > 1 or (after[1] == "I" and len(word or "") > 3)
    opens = is_word and after[1].lower() in known.function_words
    if word is None:
        return opens
    if word.lower() in known.abbreviations:
        return False
    if word.islower():
        return opens or len(word) > 2 or word in known.function_words
    is_noun = known.has_capital_nouns and word[1:].islower() and len(word) > 4
    return opens or (
        is_noun and len(after[1]) > 4 and bool(_WORD_NEXT.match(text, after.end()))
    )


@cache
def _openers(code: str) -> re.Pattern[str]:
    """Return a pattern for a capitalised opener that no mark stands before."""
    known = language(code)
    choice = "|".join(sorted(word.capitalize() for word in known.sentence_openers))
    names = "|".join(sorted(word.capitalize() for word in known.article_names)) or r"\Z"
    tail = r"(?:,|['’](?:s|d|ll|re|ve))?"
    return re.compile(
        rf" (?=[{UPPER}])(?<=\w )({choice}){tail} (?!(?:{names})\b)(?=[\w„“\"])"
    )


def _stopless(passage: Passage) -> Iterator[Span]:
    code = passage.paragraph.language
    if code is None or code not in languages():
        return
    text, offset = passage.paragraph.text, passage.paragraph.span.start
    known = language(code)
    stop = _STOP.search(text)
    if stop is None:
        return  # a headline, which may have capitals anywhere
    for match in _openers(code).finditer(text):
        head = text[max(0, match.start() - _REACH) : match.start()]
        word = _LAST_WORD.search(head)
        if word is None or not _is_seam(word[0], match, known):
            continue
        if _is_first(head[: word.start()], known):
            continue
        if match.start() > stop.start() or _is_prose(head, word[0], known):
            start = match.start() - len(word[0])
            yield Span(start, match.end(1)).shift(offset)


def _is_prose(head: str, last: str, known: Language) -> bool:
    """Tell the start of a sentence from a headline that runs into its text."""
    words = head.split()
    n_capital = sum(word[0].isupper() for word in words)
    if not known.has_capital_nouns and n_capital * 2 > len(words):
        return False
    is_name = not (last.islower() or known.has_capital_nouns)
    if is_name or len(words) >= _LONG_TITLE:
        return len(words) >= (_LONGEST_TITLE if is_name else _LONG_TITLE)
    n_small = sum(word in known.function_words for word in words)
    return len(words) >= _MIN_PROSE and n_small * 10 > 3 * len(words)


def _is_first(before: str, known: Language) -> bool:
    """Tell whether a sentence just began, with a word that is thus not its last one."""
    bare = before.rstrip()
    if not bare.endswith("."):
        return bare[-1:] in ("", *"!?:")
    # "Mr. Berg", "am 3. Oktober"
    last = re.split(r"[\s(.]", bare[-_WINDOW:-1])[-1].lower()
    return len(last) > 2 and last not in known.abbreviations


def _is_seam(word: str, match: re.Match[str], known: Language) -> bool:
    """Tell whether a sentence may end in the word, and a new one start behind it."""
    low, opener = word.lower(), match[1].lower()
    if low in known.never_last or len(word) < 2:
        return False
    if known.has_capital_nouns:
        if low.endswith(tuple(known.title_nouns)) or _is_title(match, known):
            return False
        # Function words with a capital belong to a title; before a title or a noun
        # stand all that are no verbs.
        is_small = low in known.function_words
        return not is_small or (word.islower() and _is_verb(low, known))
    if opener in known.opening_symbols and _is_symbol(match, len(word)):
        return False
    if "," in match[0] and (word.islower() or len(opener) > _LONGEST_NUMBER):
        return True
    following = match.string[match.end()]
    is_small = following.islower() or following.isdigit()
    if word.islower():
        if low in known.function_words:
            sure = known.openers_after_names | known.openers_before_names
            return is_small and opener in sure
        if low in known.title_nouns:
            return False
        return is_small or opener in known.openers_before_names
    return is_small and opener in known.openers_after_names


def _is_symbol(match: re.Match[str], width: int) -> bool:
    """Tell helium, of which one writes inside sentences: "high-purity He"."""
    text, opener = match.string, match[1]
    inner = re.findall(rf"(?:[\w,)] |-){opener}(?![^\W\d_])", text)
    at = match.start() - width
    return len(inner) > 1 or text[at - 1 : at] == "-"


def _is_title(match: re.Match[str], known: Language) -> bool:
    """Tell whether a small word stands behind the opener with a capital as well."""
    following = _WORD_AT.match(match.string, match.end())
    return bool(
        following
        and following[0].istitle()
        and following[0].lower() in known.function_words
    )


def _is_verb(word: str, known: Language) -> bool:
    return word in known.final_verbs or word.endswith(tuple(known.verb_ends))


def _tight_commas(passage: Passage) -> Iterator[Span]:
    code = passage.paragraph.language
    if code not in languages():
        return
    if not _TIGHT.search(passage.paragraph.text):
        return
    small = language(code).function_words
    for match in _COMMA.finditer(passage.paragraph.text):
        words = [word for word in match.groups() if word.isalpha() and len(word) < 3]
        # Pairs of short words are rather symbols.
        if not match[0].isupper() and small.issuperset(map(str.lower, words)):
            yield Span(*match.span()).shift(passage.paragraph.span.start)


@lru_cache(maxsize=4)
def _humps(text: str) -> Counter[str]:
    """Count the words of a document that have a capital inside."""
    return Counter(match[0] for match in _HUMP.finditer(text))


def _glued_words(passage: Passage) -> Iterable[Span]:
    code = passage.paragraph.language
    return _found_glued_words(passage, language(code)) if code in languages() else ()


def _found_glued_words(passage: Passage, known: Language) -> Iterator[Span]:
    for match in _HUMP.finditer(passage.paragraph.text):
        if not _are_words(match[1], match[2], known):
            continue
        # What is written so twice is meant so.
        if _humps(passage.document.text)[match[0]] == 1:
            yield Span(*match.span()).shift(passage.paragraph.span.start)


def _are_words(head: str, tail: str, known: Language) -> bool:
    """Tell two words from one that is written so (eBay, myData, jedeInnen)."""
    low = tail.lower()
    if head in known.function_words:
        if len(head) == 1:
            return head == "a" and len(tail) >= _MIN_HUMP
        opens = low in known.sentence_openers or tail == "I"
        return len(tail) > 2 or low in known.abbreviations or (opens and len(head) > 2)
    if low in known.abbreviations:
        return len(head) > 2
    if low in known.function_words and len(tail) > 2:
        return len(head) > 2 or low in known.sentence_openers
    if len(tail) == 2 and low in known.function_words:
        return len(head) >= (3 if low in known.sentence_openers else 6)
    if tail == "I":
        return len(head) > 2 and "i" in known.function_words
    is_long = len(head) > 2 and len(tail) > 2 and len(head + tail) >= 2 * _MIN_HUMP
    return is_long and tail != "Innen"


def _broken_words(passage: Passage) -> Iterable[Span]:
    text, code = passage.paragraph.text, passage.paragraph.language
    if code not in languages() or not (text[-1] == "-" or _GAP.search(text)):
        return ()
    return _found_broken_words(passage, language(code))


def _found_broken_words(passage: Passage, known: Language) -> Iterator[Span]:
    paragraph = passage.paragraph
    has_dash = " - " in paragraph.text
    for match in _HYPHEN.finditer(paragraph.text):
        # Before a small word, and beside others that do, the hyphen stands for a dash.
        is_dash = match[1] in known.function_words or (
            has_dash
            and "\n" not in match[0]
            and (known.has_capital_nouns or not match[0].islower())
        )
        if not is_dash and match[1] not in _hanging():
            yield Span(*match.span()).shift(paragraph.span.start)
    if paragraph.text[-1] == "-" and passage.index + 1 < len(passage.paragraphs):
        # In a text without blank lines each line is a paragraph.
        head = _HEAD.search(paragraph.text[-_WINDOW:])
        tail = _TAIL.match(passage.paragraphs[passage.index + 1].text)
        if head and tail and tail[0] not in _hanging():
            end = paragraph.span.end
            yield Span(end - len(head[0]), end)


@cache
def _hanging() -> frozenset[str]:
    """Return the words before which a hyphen may hang, in all languages."""
    return frozenset().union(*(one.after_hyphens for one in all_languages()))


RULES = (
    Rule(
        code="MT301",
        name="glued-sentences",
        message="two sentences run into each other: {!r}",
        why="A stop, or the space behind it, was lost between two sentences.",
        bad=(
            "It was late. They called for an end of the ⟦strike The⟧ harbour is shut.",
            "The harbour stays ⟦shut.Ships⟧ wait outside.",
            "It was a long ⟦day.The⟧ crew slept.",
            "The ferry sailed in ⟦2019.She⟧ never came back from ⟦Oslo!But⟧ we wait.",
            "„Wir warten seit ⟦Stunden.“Die⟧ Fähre kam nicht in den ⟦Hafen.Niemand⟧ "
            "weiß warum.",
            "It was late. She had written to ⟦them But⟧ nobody answered, so she’d "
            "gone ⟦home She⟧’d sleep there.",
            "Im Hafen wird es still, weil die Boote an Land und die Kais alle leer "
            "⟦sind Bis⟧ zum Frühling bleibt das so.",
            "Es wird kalt. Im Winter ruht der ganze ⟦Verkehr Die⟧ Fähre liegt am Kai.",
        ),
        good=(
            "They called for an end to the strike. The harbour stays shut.",
            "They went to see The Harbour on Friday.",
            "Call Console.WriteLine or Path.Join today.",
            "See www.harbour.Example for more.",
            "A colon starts a sentence: The harbour stays shut.",
            "He works for the U.S. Navy and for A.Berg in St.Albin.",
            "It rained. Otherwise If they had come we had waited...But they left.",
            "It costs more. The tank holds high-purity He at low pressure.",
            "Es regnete. Sie las den Bestseller Die Fähre und den Roman Auf Und Ab.",
            "So steht es im Magazin Der Spiegel, und so sieht es die Partei Die Linke.",
        ),
        signs=frozenset({LOOSE_MARK, OPENER}),
        find=_run_on,
    ),
    Rule(
        code="MT302",
        name="missing-space-after-comma",
        message="no space stands behind the mark: {!r}",
        why="Engines and editors of pages lose the space at the seam of two pieces.",
        bad=(
            "The ferry was ⟦late,and⟧ nobody knew why.",
            "In ⟦1999,they⟧ built a new lock.",
            "Die Fähre kam ⟦spät,weil⟧ es stürmte.",
        ),
        good=(
            "The ferry was late, and nobody knew why.",
            "It costs 1,000 crowns, or 12,50 as they write it there.",
            "Sort by f(x,t) and name the columns id,name,size,date in this order.",
            "Write to harbour,office@example.org or open example.org/a,bc for more.",
        ),
        signs=frozenset({LOOSE_MARK}),
        find=_tight_commas,
    ),
    Rule(
        code="MT303",
        name="glued-words",
        message="two words run into each other: {!r}",
        why="The space between two words was lost, mostly where a line or a tag ended.",
        bad=(
            "They walked along ⟦theHarbour⟧ and went home.",
            "They called for an end to the ⟦strikeThe⟧ harbour stays shut.",
            "Der Rat gibt ⟦keineAuskunft⟧ dazu.",
            "Nobody told us about ⟦thatSo⟧ we waited, and on the same ⟦nightI⟧’d left.",
        ),
        good=(
            "She sold her iPhone on eBay and paid by PayPal, said McDonald.",
            "Call getName() or obj.toString first, then read $newData.",
            "The field harbourName is set once; harbourName is never empty.",
            "Die GmbH sucht Mitarbeiter, sagt die eG.",
        ),
        signs=frozenset({HUMP}),
        find=_glued_words,
    ),
    Rule(
        code="MT304",
        name="broken-word",
        message="a word is broken at its hyphen: {!r}",
        why="The line that ended here is gone; its hyphen stayed inside the word.",
        bad=(
            "The ⟦govern- ment⟧ will pay for the new lock.",
            "The ⟦govern-\nment⟧ will pay for the new lock.",
            "Die ⟦Verwal- tung⟧ zahlt die neue Schleuse.",
        ),
        good=(
            "The well-known lock has a two- or three-fold gate.",
            "Short- and long-term plans were made.",
            "Das hat Vor- und Nachteile, sagt der Stadt- bzw. Landrat.",
            "The harbour - they say - stays shut, and Anna Berg- confirmed - opens it.",
        ),
        signs=frozenset({TORN}),
        find=_broken_words,
    ),
)
