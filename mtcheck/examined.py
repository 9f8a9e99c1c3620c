"""Paragraphs on their way to a verdict, and what is said of texts that come again."""

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from mtcheck.batch import Batch
from mtcheck.classify import Array
from mtcheck.grammar.checker import Unchecked
from mtcheck.rules import is_residue
from mtcheck.rules.grammar import with_mistakes
from mtcheck.segment import Passage
from mtcheck.types import Evidence, Finding, Label, Mistake, Reason, Span

LARGEST_BATCH = 1_000
"""Paragraphs that are judged together; of a longer document what is no longer needed is
let go of on the way."""

MOST_KEPT = 4_096
"""Texts whose judgement is kept for when they come again, some 8 MB a language."""

MOST_KEPT_CHARACTERS = 4_000_000
"""Code points of these texts: twice those of so many paragraphs, and few long ones."""

Said = tuple[Label, Mapping[Label, float], Evidence]
"""What a verdict says: the label, the probabilities and the evidence."""

Key = tuple[str, tuple[tuple[str, Span], ...], tuple[Mistake, ...] | None]


@dataclass(slots=True)
class Examined:
    """A paragraph on its way to a verdict; ``measured`` is the part that is judged.

    It has the place ``at`` in its ``batch``, if it was measured and not just known.
    """

    passage: Passage
    measured: Passage
    abstained: str | None
    n_counted: int = 0
    findings: tuple[Finding, ...] = ()
    mistakes: tuple[Mistake, ...] | Unchecked | None = None
    judged: "Judged | None" = None
    batch: Batch | None = None
    at: int = 0
    said: Said | None = None
    reasons: tuple[Reason, ...] = ()

    @property
    def language(self) -> str:
        """The language of the paragraph, if it has one."""
        return self.passage.paragraph.language or ""

    @property
    def start(self) -> int:
        """Where in the document the paragraph starts."""
        return self.measured.paragraph.span.start

    @property
    def n_words(self) -> int:
        """The number of words: as they were measured, or counted without a model."""
        return self.n_counted if self.judged is None else self.judged.n_words

    @property
    def key(self) -> Key:
        """All that a judgement depends on."""
        text, counted = self.measured.paragraph.text, self.counted
        if not counted:
            return text, (), self.checked
        start = self.start
        findings = tuple([(item.code, item.span.shift(-start)) for item in counted])
        return text, findings, self.checked

    @property
    def checked(self) -> tuple[Mistake, ...] | None:
        """The grammar mistakes, if anybody looked for them."""
        return self.mistakes if isinstance(self.mistakes, tuple) else None

    @property
    def counted(self) -> tuple[Finding, ...]:
        """The findings in the part that is judged."""
        if self.measured is self.passage:
            return self.findings
        end = self.measured.paragraph.span.end
        return tuple([item for item in self.findings if item.span.end <= end])

    @property
    def shown(self) -> tuple[Finding, ...]:
        """The findings of rules, and the grammar mistakes."""
        if not isinstance(self.mistakes, tuple):
            return self.findings
        return with_mistakes(self.findings, self.mistakes, self.passage)

    @property
    def is_residue(self) -> bool:
        """Whether what the scraper left makes up most of the paragraph."""
        return is_residue(self.passage, self.findings)


@dataclass(frozen=True, slots=True)
class Judged:
    """What the model says of a text, wherever it stands.

    ``places`` has the place of features that were shown, in the document where the text
    was met first, at ``start``.
    """

    start: int
    n_words: int
    vector: Array
    logits: Sequence[float]
    places: dict[int, Span | None] = field(default_factory=dict)


class Kept:
    """Judgements of texts that may come again, such as boilerplate; the last ones."""

    def __init__(self) -> None:
        self._judged: OrderedDict[Key, Judged] = OrderedDict()
        self._n_characters = 0

    def get(self, key: Key) -> Judged | None:
        """Return what was said of a text, if that is still known."""
        found = self._judged.get(key)
        if found is not None:
            self._judged.move_to_end(key)
        return found

    def put(self, key: Key, judged: Judged) -> None:
        """Keep what was said of a new text, and forget what did not come again."""
        self._judged[key] = judged
        self._n_characters += len(key[0])
        while len(self._judged) > 1 and self._is_full():
            (text, *_), _ = self._judged.popitem(last=False)
            self._n_characters -= len(text)

    def _is_full(self) -> bool:
        return (
            len(self._judged) > MOST_KEPT or self._n_characters > MOST_KEPT_CHARACTERS
        )


def by_language(items: Iterable[Examined]) -> Iterator[tuple[str, list[Examined]]]:
    """Yield runs of paragraphs that can be judged, by language."""
    groups: dict[str, list[Examined]] = {}
    for item in items:
        if item.abstained is None:
            groups.setdefault(item.language, []).append(item)
    for code, own in sorted(groups.items()):
        for start in range(0, len(own), LARGEST_BATCH):
            yield code, own[start : start + LARGEST_BATCH]
