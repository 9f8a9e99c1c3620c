"""Damage: a defect put into a clean text is found where it was put."""

import json
import lzma
import random
import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks import damage
from benchmarks.defect_kinds import DEFECTS
from benchmarks.defects import Damaged, Defect, Source
from mtcheck.languages import languages
from mtcheck.rules import all_rules, find_defects
from mtcheck.segment import passages
from mtcheck.types import Document, Span

TEXTS = {
    "en": (
        "The council met on Monday evening, and the mayor of Harwick opened it with a "
        "long report about the old bridge. Nobody in the hall had expected good news "
        "from him. The county’s engineers found cracks in three of the nine pillars, "
        "which means that heavy lorries must now drive around the town. They asked for "
        "money.\n\n"
        "The owner of the ferry offered her help at once, but her boat can carry only "
        "four cars. She said that a second crew would be needed for the night. This "
        "would cost the town more than the bridge itself brings in during a year.\n\n"
        "In the end the members voted for a closure in winter. The work is planned to "
        "start in October, when the river is low and the fields are empty. It will "
        "last until spring if the weather stays as mild as the farmers hope."
    ),
    "de": (
        "Der Rat tagte am Montag im alten Saal, und die Bürgermeisterin eröffnete die "
        "Sitzung mit einem langen Bericht über die Brücke. Niemand im Saal hatte mit "
        "guten Nachrichten gerechnet. Die Gutachter fanden Risse in drei von neun "
        "Pfeilern, weshalb schwere Lastwagen nun um die Stadt herum fahren müssen. "
        "Dafür fehlt dem Kreis das Geld.\n\n"
        "Die Besitzerin der Fähre bot sofort ihre Hilfe an, doch ihr Boot trägt nur "
        "vier Autos. Für die Nacht wäre eine zweite Mannschaft nötig. Das würde die "
        "Stadt mehr kosten, als die Brücke selbst in einem ganzen Jahr einbringt.\n\n"
        "Am Ende stimmten die Mitglieder für eine Sperrung im Winter. Die Arbeiten "
        "sollen im Oktober beginnen, wenn der Fluss wenig Wasser führt und die Felder "
        "leer sind. Bis zum Frühling soll alles fertig sein, falls das Wetter mild "
        "bleibt."
    ),
}
ELSEWHERE = {
    "en": ("The keeper of the lighthouse sold his boat to a young couple.",),
    "de": ("Der Wärter des Leuchtturms verkaufte sein Boot einem jungen Paar.",),
}
SOURCES = [Source(TEXTS[code], code, ELSEWHERE[code]) for code in sorted(TEXTS)]
BY_WORD = ("doubled word", "doubled phrase", "word broken at a line end")
"""Kinds that some words hide: "long long", "Besitzer-" before "in"."""

KINDS = [
    defect
    for defect in DEFECTS
    if defect.family in ("joins", "repetition") and defect.kind not in BY_WORD
]
"""Kinds of which every single one is found in these texts, wherever it is put."""

by_language = pytest.mark.parametrize(
    "source", SOURCES, ids=lambda source: source.language
)
by_kind = pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.kind)


def is_found(made: Damaged, source: Source, family: str) -> bool:
    found = damage.findings(made.text, source.language)
    codes = {rule.code for rule in all_rules() if rule.family == family}
    return any(one.code in codes and damage.meets(one, made) for one in found)


@by_language
def test_the_texts_are_clean(source: Source) -> None:
    assert damage.findings(source.text, source.language) == []


@by_language
@by_kind
def test_a_kind_finds_room_and_says_where(defect: Defect, source: Source) -> None:
    made = [defect.put(source, random.Random(seed)) for seed in range(20)]
    placed = [one for one in made if one]
    assert placed
    for one in placed:
        assert one.text != source.text
        assert 0 <= one.place.start < one.place.end <= len(one.text)


@by_language
@by_kind
def test_the_same_seed_makes_the_same_damage(defect: Defect, source: Source) -> None:
    first, again = (defect.put(source, random.Random(3)) for _ in range(2))
    assert first == again


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(KINDS), st.sampled_from(SOURCES), st.integers(0, 10**6))
def test_a_join_or_a_double_is_found_at_its_place(
    defect: Defect, source: Source, seed: int
) -> None:
    made = defect.put(source, random.Random(seed))
    assert made is None or is_found(made, source, defect.family), made


@by_language
@by_kind
def test_most_of_the_damage_is_found(defect: Defect, source: Source) -> None:
    made = [defect.put(source, random.Random(seed)) for seed in range(30)]
    found = [is_found(one, source, defect.family) for one in made if one]
    assert sum(found) * 2 > len(found)


@by_kind
def test_a_text_without_room_stays(defect: Defect) -> None:
    bare = Source("Ja", "de", ("Ja",))
    assert defect.put(bare, random.Random(1)) is None or defect.family == "encoding"


MINE = [rule for rule in all_rules() if rule.code[2] in "234"]
HOSTILE = {
    "scraps": "one two three four. ab. ",
    "glued stops": "word.Word ",
    "stops lost": "harbour The ",
    "humps": "theHarbour ",
    "commas": "ab,cd ",
    "hanging hyphens": "ab- cd ",
    "hyphens at line ends": "ab-\n",
    "one word": "ab ",
    "two words": "ab cd ",
    "a phrase": "one two three four five six seven ",
    "a sentence": "one two three four five six seven eight. ",
    "paragraphs": "The old lock of the harbour leaks again.\n\n",
    "cut paragraphs": "It leaks because of the\n\nIt leaks.\n\n",
    "a word without end": "x",
    "marks": "“.A",
}


@pytest.mark.parametrize("unit", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_megabyte_is_done(unit: str) -> None:
    text = "Start. " + unit * (1_000_000 // len(unit)) + " the end."
    # Hundreds of thousands of paragraphs take long for what is done before the rules.
    text = text[: 200_000 if "\n" in unit else None]
    for passage in passages(Document(text, language="en")):
        find_defects(passage, MINE)


@pytest.mark.parametrize("code", languages())
def test_nothing_is_said_of_the_edges_of_an_excerpt(code: str) -> None:
    words = TEXTS[code].split(" ")
    first = next(at for at, word in enumerate(words) if at and word[0].islower())
    cut = " ".join(words[first:-4]).rstrip(".,")
    assert damage.findings(cut, code) == []


def write_rows(folder: Path) -> None:
    rows = [
        {
            "id": f"{code}{at}",
            "lang": code,
            "text": text,
            "label": "original",
            "detail": "human",
            "source": "made",
            "doc_id": "one",
            **dict.fromkeys(("genre", "tier", "license", "system")),
            "noncommercial": False,
        }
        for code in ("en",)
        for at, text in enumerate(TEXTS[code].split("\n\n"))
    ]
    (folder / "paragraphs").mkdir()
    with lzma.open(folder / "paragraphs" / "dev.en.jsonl.xz", "wt") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)


def test_the_command_counts_every_kind(tmp_path: Path) -> None:
    write_rows(tmp_path)
    arguments = ["--data", str(tmp_path), "--output", str(tmp_path), "--language", "en"]
    result = CliRunner().invoke(damage.main, [*arguments, "--rows", "2"])
    assert result.exit_code == 0, result.output
    raw = json.loads((tmp_path / "damage.en.json").read_text("utf-8"))
    assert [item["kind"] for item in raw["kinds"]] == [one.kind for one in DEFECTS]
    assert {item["family"] for item in raw["families"]} == set(damage.TARGETS)
    assert re.search(r"rows:2\|draws:seed 7", raw["signature"])


def test_the_command_shows_what_is_missed(tmp_path: Path) -> None:
    write_rows(tmp_path)
    arguments = [
        "--data",
        str(tmp_path),
        "--language",
        "en",
        "--missed",
        "doubled word",
    ]
    result = CliRunner().invoke(damage.main, arguments)
    assert (result.exit_code, result.output) == (0, "\n")


def test_a_finding_meets_a_defect_that_it_overlaps() -> None:
    made = Damaged("The the end.", Span(0, 7))
    assert damage.meets(damage.findings(made.text, "en")[0], made)
    assert not damage.meets(
        damage.findings(made.text, "en")[0], Damaged(made.text, Span(8, 11))
    )
