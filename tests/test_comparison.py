"""A suspect beside its original: what is aligned, what is said of each word."""

import json
import random
from collections.abc import Iterator
from itertools import pairwise, product
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import mtcheck
from mtcheck.comparison import compare
from mtcheck.comparison.beads import Bead, chain, rising
from mtcheck.comparison.changes import find_changes
from mtcheck.comparison.thesaurus import Thesaurus
from mtcheck.comparison.values import Change, Comparison, Pair
from mtcheck.comparison.words import read_text
from mtcheck.errors import InputError, ModelError
from mtcheck.models import model_folders
from mtcheck.segment import split_paragraphs
from mtcheck.types import Document, Span

ROOT = Path(__file__).resolve().parent.parent
FERRY = (ROOT / "seeds/en/ferry_original.txt").read_text("utf-8")
SPUN = (ROOT / "seeds/en/ferry_spun.txt").read_text("utf-8")
PARAGRAPHS = [span.of(FERRY) for span in split_paragraphs(FERRY)]
GERMAN = (ROOT / "seeds/de/muehle_original.txt").read_text("utf-8")

SUSPECT, ORIGINAL, TRANSLATED = "001", "000", "004"
BODY = range(2, 19)
"""The paragraphs below headline and summary."""

CHANGED = """
reports > reported
on from > with
their sentiment including in Almaty > its sentiments in Almaty
treaded > tread
regularly call war and say comply with > have called regular fighting abide by
aid a mobilisation > assistance mobilization
however move away > however distance itself
an giving an > the
recognise > recognize
for decades blocs > the bloc for decades
the Syrian that involve proposed ending > a Syria involving offered to end
>
Tumysh trilateral > Tumish tripartite
could regarded as completed task > can considered finished work
Taking into account into officially declaring the one > Considering to formally to declare as
cancelled > canceled
United Nations has chosen back in votes > UN chose support vote
"""  # noqa: E501
"""Read by eye: the words of each paragraph of the body that changed, on either side."""

pytestmark = pytest.mark.skipif(not model_folders(), reason="no model is installed")


def given_text(shared: Path, number: str) -> str:
    """Return one of the documents that the project was born from."""
    (path,) = (shared / "seeds").glob(f"{number}_*.txt")
    return path.read_text("utf-8")


def places(found: Comparison) -> dict[tuple[int, ...], tuple[int, ...]]:
    """Return the paragraphs of the suspect by those of the original."""
    return {pair.original.paragraphs: pair.suspect.paragraphs for pair in found.pairs}


def changed(pair: Pair, found: Comparison) -> tuple[list[str], list[str]]:
    """Return the words that were not kept, of the original and of the suspect."""
    spans: tuple[list[Span], list[Span]] = [], []
    for change in pair.changes:
        if change.kind != "kept":
            spans[0].extend([change.original] if change.original else [])
            spans[1].extend([change.suspect] if change.suspect else [])
    texts = found.original.text, found.suspect.text
    ours, theirs = (
        [word for span in sorted(own) for word in span.of(text).split()]
        for own, text in zip(spans, texts, strict=True)
    )
    return ours, theirs


def told(original: str, suspect: str, **table: tuple[str, ...]) -> Iterator[str]:
    """Yield the changes of two paragraphs in words, by a small thesaurus."""
    ours, theirs = (
        read_text(Document(text, language="en")).words_of([0])
        for text in (original, suspect)
    )
    for change in find_changes(ours, theirs, Thesaurus(table)):
        here = change.original.of(original) if change.original else ""
        there = change.suspect.of(suspect) if change.suspect else ""
        link = f" ({change.link})" if change.link else ""
        yield f"{change.kind}{link}: {here} > {there}"


# The given documents -----------------------------------------------------------


def test_the_spun_copy_is_aligned_paragraph_by_paragraph(shared: Path) -> None:
    found = compare(given_text(shared, SUSPECT), given_text(shared, ORIGINAL))
    assert places(found) == {(number,): (number + 1,) for number in range(19)}
    assert not any(pair.is_reordered for pair in found.pairs)
    assert (found.dropped, found.added) == ((), ())
    assert found.basis == "words"
    assert found.score > 0.95


def test_the_words_that_changed_are_those_that_a_reader_finds(shared: Path) -> None:
    found = compare(given_text(shared, SUSPECT), given_text(shared, ORIGINAL))
    lines = CHANGED.strip("\n").split("\n")
    assert len(lines) == len(BODY)
    for line, number in zip(lines, BODY, strict=True):
        ours, theirs = (side.split() for side in line.split(">"))
        assert changed(found.pairs[number], found) == (ours, theirs)


def test_what_the_scraper_left_is_named(shared: Path) -> None:
    lines = (ROOT / "seeds/given.jsonl").read_text("utf-8").splitlines()
    (gold,) = (
        record for record in map(json.loads, lines) if record["file"][:3] == SUSPECT
    )
    found = compare(given_text(shared, SUSPECT), given_text(shared, ORIGINAL))
    assert [(defect.span.start, defect.span.end) for defect in found.residue] == [
        (defect["start"], defect["end"])
        for defect in gold["defects"]
        if defect["defect"] == "site-residue"
    ]


def test_the_translation_is_aligned_across_languages(shared: Path) -> None:
    found = compare(given_text(shared, TRANSLATED), given_text(shared, ORIGINAL))
    wanted = {(number,): (number + 1,) for number in BODY}
    assert wanted.items() <= places(found).items()
    assert found.basis == "paragraphs"
    assert found.score > 0.95


@pytest.mark.parametrize("other", ["002", "003"])
def test_reports_on_one_subject_are_no_copies(shared: Path, other: str) -> None:
    for number in (ORIGINAL, SUSPECT, TRANSLATED):
        pair = given_text(shared, number), given_text(shared, other)
        assert compare(*pair).score < 0.1
        assert compare(*reversed(pair)).score < 0.1


# What holds of any two texts -----------------------------------------------------

WORDS = st.sampled_from(
    "The old ferry's bell rang twice, – café 14 crowns. * “No” ß".split()
)
LINES = st.lists(WORDS, min_size=1, max_size=12).map(" ".join)
TEXTS = st.lists(LINES, min_size=1, max_size=8).map("\n\n".join)
READABLE = TEXTS.filter(lambda text: any(map(str.isalnum, text)))
ORDERS = st.permutations(range(len(PARAGRAPHS)))


@given(READABLE)
@settings(max_examples=25, deadline=None)
def test_a_text_is_a_copy_of_itself(text: str) -> None:
    found = compare(text, text)
    assert found.score == 1.0
    assert (found.dropped, found.added, found.residue) == ((), (), ())
    for pair in found.pairs:
        assert pair.original == pair.suspect
        assert not pair.is_reordered
        assert {change.kind for change in pair.changes} <= {"kept"}


@given(READABLE, READABLE)
@settings(max_examples=25, deadline=None)
def test_spans_are_in_range_and_in_order(suspect: str, original: str) -> None:
    check_spans(
        compare(*(Document(text, language="en") for text in (suspect, original)))
    )


@given(st.randoms(use_true_random=False))
@settings(max_examples=15, deadline=None)
def test_spans_are_in_range_and_in_order_of_shaken_text(source: random.Random) -> None:
    words = SPUN.split(" ")
    for _ in range(60):
        a, b = source.randrange(len(words)), source.randrange(len(words))
        words[a], words[b] = words[b], words[a]
    check_spans(compare(" ".join(words), FERRY))


def check_spans(found: Comparison) -> None:
    """Assert that all spans lie in their paragraphs, and that none overlap."""
    assert 0.0 <= found.score <= 1.0
    suspects = [pair.suspect.span for pair in found.pairs]
    assert suspects == sorted(suspects)
    for pieces in (
        [pair.suspect for pair in found.pairs] + [*found.added],
        [pair.original for pair in found.pairs] + [*found.dropped],
    ):
        check_apart([piece.span for piece in pieces])
    for pair in found.pairs:
        check_changes(pair, found)


def check_changes(pair: Pair, found: Comparison) -> None:
    """Assert that the changes are in order and hold each word of both sides once."""
    theirs = [change.suspect for change in pair.changes if change.suspect]
    ours = [change.original for change in pair.changes if change.original]
    straight = [
        change.original
        for change in pair.changes
        if change.original and change.kind != "moved"
    ]
    assert theirs == sorted(theirs)
    assert straight == sorted(straight)
    for spans, piece, document in (
        (ours, pair.original, found.original),
        (theirs, pair.suspect, found.suspect),
    ):
        check_apart(spans)
        words = read_text(document).words_of(piece.paragraphs)
        covered = [
            any(span.start <= word.start < word.end <= span.end for span in spans)
            for word in words
        ]
        assert all(covered)
        for span in spans:
            assert piece.span.start <= span.start < span.end <= piece.span.end
    for change in pair.changes:
        if change.kind == "kept":
            assert same(change, found)


def same(change: Change, found: Comparison) -> bool:
    """Tell whether both places have the same words."""
    texts = []
    for span, document in (
        (change.original, found.original),
        (change.suspect, found.suspect),
    ):
        assert span is not None
        own = read_text(Document(span.of(document.text), language="en"))
        texts.append([word.key for line in own.words for word in line])
    return texts[0] == texts[1]


def check_apart(spans: list[Span]) -> None:
    """Assert that none of the spans overlap."""
    for one, other in pairwise(sorted(spans)):
        assert one.end <= other.start


@given(ORDERS)
@settings(max_examples=20, deadline=None)
def test_paragraphs_in_another_order_are_reordered_and_no_less_a_copy(
    order: list[int],
) -> None:
    assume(order != sorted(order))
    found = compare("\n\n".join(PARAGRAPHS[index] for index in order), FERRY)
    assert found.score == 1.0
    assert any(pair.is_reordered for pair in found.pairs)
    for pair in found.pairs:
        (here,), (there,) = pair.suspect.paragraphs, pair.original.paragraphs
        assert order[here] == there


def test_a_spun_text_in_another_order_has_the_same_score() -> None:
    spun = [span.of(SPUN) for span in split_paragraphs(SPUN)]
    swapped = [*spun]
    swapped[3], swapped[9] = spun[9], spun[3]
    found = compare("\n\n".join(swapped), FERRY)
    assert found.score == compare(SPUN, FERRY).score
    moved = {pair.suspect.paragraphs for pair in found.pairs if pair.is_reordered}
    assert moved == {(3,), (9,)}


def test_unrelated_texts_are_no_copies() -> None:
    quarry = (ROOT / "seeds/en/quarry_translated_back.txt").read_text("utf-8")
    assert compare(quarry, FERRY).score < 0.02
    assert compare(GERMAN, FERRY).score < 0.02


# Paragraphs ------------------------------------------------------------------------


def test_paragraphs_that_were_merged_or_split_are_aligned_together() -> None:
    merged = [*PARAGRAPHS[:3], " ".join(PARAGRAPHS[3:5]), *PARAGRAPHS[5:]]
    found = compare("\n\n".join(merged), FERRY)
    assert places(found)[3, 4] == (3,)
    assert found.score == 1.0
    back = compare(FERRY, "\n\n".join(merged))
    assert places(back)[3,] == (3, 4)
    assert back.score == 1.0


def test_paragraphs_without_a_partner_are_dropped_or_added() -> None:
    news = "Nobody had ever counted the swans, gulls and terns of that lagoon before."
    suspect = [*PARAGRAPHS[:2], news, *PARAGRAPHS[3:]]
    found = compare("\n\n".join(suspect), FERRY)
    assert [piece.paragraphs for piece in found.dropped] == [(2,)]
    assert [piece.paragraphs for piece in found.added] == [(2,)]
    assert 0.85 < found.score < 0.95


def test_what_the_original_has_of_a_page_the_scraper_did_not_leave() -> None:
    original = f"Top Story\n\n{FERRY}"
    suspect = f"Top Story\n\n{FERRY}\n\nBack to top"
    found = compare(suspect, original)
    assert [defect.span.of(suspect) for defect in found.residue] == ["Back to top"]
    assert found.added == ()


def test_a_few_words_are_no_proof_of_another_language() -> None:
    found = compare("The ferry's", "ferry's")
    assert found.basis == "words"
    assert found.score == 1.0


def test_between_pairs_length_and_order_align_a_translation() -> None:
    original = [
        "In 1987 Karla Brenner bought the mill near Husum for 40,000 marks.",
        "It had stood empty for years, and the roof leaked in many places.",
        "Brenner restored it until 1993 with Anders Holm from Aarhus.",
    ]
    suspect = [
        "1987 kaufte Karla Brenner die Mühle bei Husum für 40.000 Mark.",
        "Sie hatte jahrelang leer gestanden, und das Dach war undicht.",
        "Bis 1993 stellte Brenner sie mit Anders Holm aus Aarhus wieder her.",
    ]
    found = compare("\n\n".join(suspect), "\n\n".join(original))
    assert places(found) == {(0,): (0,), (1,): (1,), (2,): (2,)}
    assert [pair.similarity is None for pair in found.pairs] == [False, True, False]
    names = [
        change.suspect.of(found.suspect.text)
        for change in found.pairs[0].changes
        if change.suspect
    ]
    assert names == ["1987", "Karla", "Brenner", "Husum", "40", "000"]


def test_a_paragraph_of_another_length_is_no_translation() -> None:
    original = [
        "In 1987 Karla Brenner bought the mill near Husum for 40,000 marks.",
        "Well, why not?",
        "Brenner restored it until 1993 with Anders Holm from Aarhus.",
    ]
    suspect = [
        "1987 kaufte Karla Brenner die Mühle bei Husum für 40.000 Mark.",
        "Und wer es ist, der nicht will, der will es auch nicht noch ein und aber ein.",
        "Bis 1993 stellte Brenner sie mit Anders Holm aus Aarhus wieder her.",
    ]
    found = compare("\n\n".join(suspect), "\n\n".join(original))
    assert places(found) == {(0,): (0,), (2,): (2,)}


def test_numbers_that_a_translation_changed_are_told() -> None:
    original = "On 17 May 1987 Karla Brenner paid 400 crowns to Anders Holm in Aarhus."
    suspect = (
        "Am 17. Mai 1978 zahlte Karla Brenner in Aarhus 400 Kronen an Anders Holm."
    )
    found = compare(Document(suspect, language="de"), Document(original, language="en"))
    told = [
        (change.kind, span.of(text))
        for change in found.pairs[0].changes
        for span, text in ((change.original, original), (change.suspect, suspect))
        if span and change.kind != "kept"
    ]
    assert told == [("dropped", "1987"), ("added", "1978")]


def test_many_paragraphs_are_aligned_by_their_rare_words() -> None:
    source = random.Random(8)
    words = ["".join(parts) for parts in product("bdfgklm", "aeiou", "nrst", "aeiou")]
    lines = [" ".join(source.choices(words, k=30)) for _ in range(1500)]
    spun = [
        " ".join(
            source.choice(words) if source.random() < 0.3 else word
            for word in line.split()
        )
        for line in lines
    ]
    suspect, original = (
        Document("\n\n".join(text), language="en") for text in (spun, lines)
    )
    found = compare(suspect, original)
    right = [
        pair.original.paragraphs == pair.suspect.paragraphs for pair in found.pairs
    ]
    assert sum(right) > 1490


def test_many_paragraphs_that_are_the_same_are_aligned_in_order() -> None:
    text = "\n\n".join(["The bell rang."] * 500)
    found = compare(text, text)
    assert places(found) == {(number,): (number,) for number in range(500)}


def test_paragraphs_of_common_words_are_aligned_by_their_place() -> None:
    original = ["Egg, spam and ham.", "Spam, egg and bread."] * 100
    suspect = ["Ham, spam and egg.", "Bread, spam and egg."] * 100
    found = compare("\n\n".join(suspect), "\n\n".join(original))
    assert places(found) == {(number,): (number,) for number in range(200)}


# Words -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("original", "suspect", "changes"),
    [
        (
            "The old ship left.",
            "The aged ship departed.",
            [
                "kept: The > The",
                "spun (synonym): old > aged",
                "kept: ship > ship",
                "spun: left > departed",
            ],
        ),
        (
            "He reported twice.",
            "He reports twice.",
            ["kept: He > He", "spun (form): reported > reports", "kept: twice > twice"],
        ),
        (
            "The deputy spoke of it in Skarrow.",
            "The deputy in Skarrow spoke of it.",
            [
                "kept: The deputy > The deputy",
                "moved: in Skarrow > in Skarrow",
                "kept: spoke of it > spoke of it",
            ],
        ),
        (
            "They taxed every single boat.",
            "They taxed boats.",
            [
                "kept: They taxed > They taxed",
                "dropped: every single > ",
                "spun (form): boat > boats",
            ],
        ),
        (
            "He met them on Friday.",
            "He met with them on Friday.",
            [
                "kept: He met > He met",
                "added:  > with",
                "kept: them on Friday > them on Friday",
            ],
        ),
        (
            "The crew had more experience with her.",
            "The crew owned familiarity with her.",
            [
                "kept: The crew > The crew",
                "spun: had more experience > owned familiarity",
                "kept: with her > with her",
            ],
        ),
        (
            "It was officially declared closed.",
            "It was declared formally closed.",
            [
                "kept: It was > It was",
                "kept: declared > declared",
                "moved (synonym): officially > formally",
                "kept: closed > closed",
            ],
        ),
        (
            "It cost 12 crowns.",
            "It cost 120 crowns.",
            ["kept: It cost > It cost", "spun: 12 > 120", "kept: crowns > crowns"],
        ),
        ("RUSSIA’S bell", "Russia's Bell", ["kept: RUSSIA’S bell > Russia's Bell"]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_each_word_is_told_as_a_reader_would(
    original: str, suspect: str, changes: list[str]
) -> None:
    table = {"aged": ("old",), "formally": ("officially",)}
    assert [*told(original, suspect, **table)] == changes


def test_spun_words_are_found_where_they_were_put() -> None:
    found = compare(SPUN, FERRY)
    spun = {
        (change.original.of(FERRY), change.suspect.of(SPUN)): change.link
        for pair in found.pairs
        for change in pair.changes
        if change.kind == "spun" and change.original and change.suspect
    }
    assert spun["ship", "vessel"] is None
    assert spun["hospital", "infirmary"] == "synonym"
    assert spun["island", "isle"] == "form"
    assert spun["a vet", "an animal physician"] is None
    assert found.n_words["kept"] + found.n_words["spun"] > 340


def test_paragraphs_of_many_words_are_cut_where_both_sides_agree() -> None:
    source = random.Random(3)
    words = [f"{a}{b}{c}" for a in "bdfgklm" for b in "aeiou" for c in "nrst"]
    original = source.choices(words, k=6000)
    suspect = ["changed" if at % 50 == 7 else word for at, word in enumerate(original)]
    suspect = ["Before", *suspect[:-1], "after"]
    found = compare(
        Document(" ".join(suspect), language="en"),
        Document(" ".join(original), language="en"),
    )
    assert found.n_words["spun"] + found.n_words["dropped"] < 130
    check_apart([change.suspect for change in found.pairs[0].changes if change.suspect])


def test_long_paragraphs_without_a_common_run_are_dropped_and_added() -> None:
    ours = Document(" ".join(["ferry", "bell"] * 2000) + " end", language="en")
    theirs = Document(
        " ".join(["bell", "bell", "ferry"] * 1000) + " END", language="en"
    )
    (pair,) = compare(theirs, ours).pairs
    assert [change.kind for change in pair.changes] == ["dropped", "added", "kept"]


# Chains ----------------------------------------------------------------------------


@given(
    st.lists(
        st.tuples(st.integers(0, 5), st.integers(0, 5), st.integers(1, 9)), max_size=9
    )
)
def test_a_chain_has_the_highest_gain_of_all(
    places: list[tuple[int, int, int]],
) -> None:
    beads = [Bead(a, a + 1, b, b + 1, float(gain)) for a, b, gain in places]

    def best(a: int, b: int) -> float:
        gains = [
            bead.gain + best(bead.original_end, bead.suspect_end)
            for bead in beads
            if bead.original >= a and bead.suspect >= b
        ]
        return max(gains, default=0.0)

    found = chain(beads, 6)
    assert sum(bead.gain for bead in found) == best(0, 0)
    for one, other in pairwise(found):
        assert one.original_end <= other.original
        assert one.suspect_end <= other.suspect


def test_nothing_makes_no_chain() -> None:
    assert chain([], 0) == []
    assert rising([]) == []


# What is refused -------------------------------------------------------------------


def test_a_text_without_words_is_refused() -> None:
    with pytest.raises(InputError) as caught:
        compare("* * *", FERRY)
    assert str(caught.value) == "suspect: has no words to compare; check the text"
    with pytest.raises(InputError) as caught:
        compare(FERRY, Document("", "empty.txt"))
    assert str(caught.value) == "empty.txt: has no words to compare; check the text"


def test_an_unknown_model_is_refused() -> None:
    with pytest.raises(ModelError):
        compare(FERRY, FERRY, model="nowhere")


def test_texts_in_a_language_without_a_thesaurus_are_compared() -> None:
    original = "Il vecchio traghetto lascia il porto alle sette del mattino."
    suspect = "Il vecchio battello lascia il porto alle sette di mattina."
    found = compare(Document(suspect, language="it"), Document(original, language="it"))
    assert found.score > 0.8
    assert found.basis == "words"


def test_texts_of_joining_words_only_are_compared() -> None:
    assert compare("To be or not to be", "To be or not to be").score == 1.0


def test_the_public_function_is_this_one() -> None:
    assert mtcheck.compare is compare
    assert mtcheck.Comparison is Comparison
