"""The language of a text, and of a paragraph that may differ from its document."""

import json
import lzma
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mtcheck.identify import (
    FUNCTION_WORDS,
    SAMPLE,
    SECOND_SAMPLE,
    SECOND_SHARE,
    identify,
    identify_inside,
    vote,
)

SHARED = Path(os.environ.get("MTCHECK_SHARED", Path(__file__).parents[2] / "shared"))

ENGLISH = (
    "The bridge was closed for three weeks because the river had risen, and the people "
    "of the village had to take the long way through the forest to the next town."
)
GERMAN = (
    "Die Brücke war drei Wochen lang gesperrt, weil der Fluss gestiegen war, und die "
    "Leute aus dem Dorf mussten den langen Weg durch den Wald nehmen."
)
OTHERS = {
    "fr": "Le pont est resté fermé pendant trois semaines parce que la rivière avait "
    "monté, et les habitants du village devaient passer par la forêt.",
    "es": "El puente estuvo cerrado tres semanas porque el río había crecido, y la "
    "gente del pueblo tenía que ir por el bosque.",
    "nl": "De brug was drie weken gesloten omdat het water in de rivier was gestegen, "
    "en de mensen van het dorp moesten door het bos lopen.",
    "it": "Il ponte è rimasto chiuso per tre settimane perché il fiume era salito, e "
    "la gente del paese doveva passare per il bosco.",
    "pt": "A ponte ficou fechada três semanas porque o rio tinha subido, e as pessoas "
    "da aldeia tinham de ir pela floresta.",
    "da": "Broen var lukket i tre uger, fordi vandet i åen var steget, og folk fra "
    "landsbyen måtte gå den lange vej gennem skoven.",
    "sv": "Bron var stängd i tre veckor eftersom vattnet i ån hade stigit, och folket "
    "i byn fick gå den långa vägen genom skogen.",
    "af": "Die brug was drie weke lank gesluit omdat die rivier gestyg het, en die "
    "mense van die dorp moes deur die bos loop.",
    "pl": "Most był zamknięty przez trzy tygodnie, bo rzeka wezbrała, i ludzie ze wsi "
    "musieli chodzić przez las.",
    "tr": "Köprü üç hafta boyunca kapalıydı çünkü nehir yükselmişti ve köylüler "
    "ormandan geçmek zorundaydı.",
    "zh": "因为河水上涨，桥关闭了三个星期，村里的人只好穿过森林去镇上。",
    "ja": "川の水が増えたので、橋は三週間閉鎖され、村の人々は森を通った。",
    "ru": "Мост был закрыт три недели, потому что река поднялась, и жителям деревни "
    "приходилось идти через лес.",
    "ar": "كان الجسر مغلقا ثلاثة أسابيع لأن النهر ارتفع، وكان على أهل القرية أن يمروا "
    "عبر الغابة.",
    "el": "Η γέφυρα ήταν κλειστή για τρεις εβδομάδες επειδή το ποτάμι είχε φουσκώσει.",
}


@pytest.mark.parametrize(
    ("text", "language"),
    [
        pytest.param(ENGLISH, "en", id="english"),
        pytest.param(GERMAN, "de", id="german"),
        pytest.param("Where is the station?", "en", id="short english"),
        pytest.param("Wo ist der Bahnhof?", "de", id="short german"),
        *(pytest.param(text, code, id=code) for code, text in OTHERS.items()),
    ],
)
def test_a_language_is_told(text: str, language: str) -> None:
    assert identify(text) == language


@pytest.mark.parametrize("text", ["", " \n\xa0", "12:30 *** 7,50 €", "!?", "\ud800"])
def test_without_letters_there_is_no_language(text: str) -> None:
    assert identify(text) is None


@pytest.mark.parametrize("text", OTHERS.values(), ids=OTHERS.keys())
def test_the_vote_is_silent_on_other_languages(text: str) -> None:
    assert vote(text) is None


@pytest.mark.parametrize(
    ("text", "common", "language"),
    [
        pytest.param(ENGLISH, "en", "en", id="the same"),
        pytest.param(GERMAN, "en", "de", id="german in english"),
        pytest.param(ENGLISH, "de", "en", id="english in german"),
        pytest.param(ENGLISH, "fr", "en", id="english in french"),
        pytest.param(OTHERS["fr"], "en", "fr", id="french in english"),
        pytest.param(OTHERS["nl"], "de", "nl", id="dutch in german"),
        pytest.param(OTHERS["es"], "fr", "fr", id="neither known by its words"),
        pytest.param("Der Weg war lang.", "en", "en", id="too short to differ"),
        pytest.param("2019 | 2020 | 2021 | " * 9, "en", "en", id="numbers"),
        pytest.param("July August October " * 9, "en", "en", id="months"),
        pytest.param(GERMAN, None, "de", id="document undecided"),
        pytest.param(OTHERS["ru"] * 2, None, "ru", id="document undecided, russian"),
        pytest.param("OK", None, None, id="document undecided, short"),
    ],
)
def test_a_paragraph_differs_only_when_sure(
    text: str, common: str | None, language: str | None
) -> None:
    assert identify_inside(text, common) == language


def test_a_second_vote_reads_further() -> None:
    names = "Ålesund Hammerfest Kirkenes Vardø Vadsø Narvik Bodø Tromsø Harstad "
    text = names * 4 + ENGLISH * 3
    assert vote(text[:SAMPLE]) is None
    assert vote(text[:SECOND_SAMPLE], SECOND_SHARE) == "en"
    assert identify(text) == "en"
    assert identify(names * 2, names * 2, *[ENGLISH] * 3) == "en"


def test_only_the_start_is_looked_at() -> None:
    assert identify(ENGLISH.ljust(SAMPLE) + GERMAN * 1000) == "en"


def test_function_words_are_lower_case_and_not_shared() -> None:
    english, german = FUNCTION_WORDS["en"], FUNCTION_WORDS["de"]
    assert all(word == word.lower() for word in english | german)
    assert not english & german


@settings(deadline=None)  # lingua loads its models in the first example
@given(st.text(st.characters()))
def test_any_text_has_a_code_or_none(text: str) -> None:
    code = identify(text)
    assert code is None or (len(code) == 2 and code.islower())


@pytest.mark.skipif(not SHARED.is_dir(), reason="MTCHECK_SHARED names no folder")
@pytest.mark.parametrize("code", ["en", "de"])
def test_labelled_paragraphs_are_told_apart(code: str) -> None:
    file = SHARED / "data" / "paragraphs" / f"dev.{code}.jsonl.xz"
    with lzma.open(file, "rt", encoding="utf-8") as lines:
        texts = [json.loads(line)["text"] for line in lines]
    texts = [text for text in texts if len(text.split()) >= 8]
    assert sum(identify(text) == code for text in texts) / len(texts) > 0.995
    # What the votes leave open goes to lingua, which takes a hundred times as long.
    open_ = [text for text in texts if vote(text[:SAMPLE]) is None]
    assert len(open_) / len(texts) < 0.05
