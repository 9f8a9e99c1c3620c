"""Laws of the rules about encoding: what is misread is found, and mended."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mtcheck.rules import all_rules, find_defects
from mtcheck.segment import passages
from mtcheck.types import Document, Finding

RULES = {rule.name: rule for rule in all_rules() if rule.family == "encoding"}
SENTENCES = (
    "Sie können über die Brücke gehen, sagte Frau Groß.",
    "„Ähnlich schön“ – so heißt es im Café…",
    "It’s a naïve cliché: “Señor Muñoz paid €5.”",
    "DIE STRASSE NACH KÖLN FÜHRT ÜBER ÖDES LAND",
    "Er zahlte 3 € für ein Stück (5 °C, § 7) des Fürsten",
    "The Škoda of Łukasz Wałęsa stood in Kraków.",
    "Ein Gruß aus Москва und Αθήνα",
    "Bravo 😀",
)
LETTERS = "abc ABC äöüßéèçñ ÄÖÜÉ „“”’–…€ .,"


def found(text: str, *names: str, language: str = "de") -> list[Finding]:
    rules = [RULES[name] for name in names or RULES]
    document = Document(text, language=language)
    return [f for p in passages(document, "blank") for f in find_defects(p, rules)]


def mended(text: str, *names: str) -> str:
    for finding in reversed(found(text, *names)):
        assert finding.fix is not None
        start, end = finding.span.start, finding.span.end
        text = text[:start] + finding.fix + text[end:]
    return text


def misread(text: str, codec: str) -> str:
    """Return what a program reads that takes UTF-8 for another encoding."""
    raw = text.encode("utf-8")
    if codec == "latin-1":
        return raw.decode("latin-1")
    # As browsers do it: what cp1252 does not define stays a control.
    return "".join(
        bytes([byte]).decode("cp1252", "replace").replace("\ufffd", chr(byte))
        for byte in raw
    )


@pytest.mark.parametrize("codec", ["cp1252", "latin-1"])
@pytest.mark.parametrize("text", SENTENCES)
def test_a_misread_sentence_is_mended(text: str, codec: str) -> None:
    assert found(text) == []
    once = misread(text, codec)
    assert mended(once, "misread-letters") == text
    assert mended(misread(once, "cp1252"), "misread-letters") == text


@given(st.text(LETTERS, min_size=1, max_size=40).map(str.strip))
@example("über")
@settings(deadline=None)
def test_misread_small_letters_are_always_mended(text: str) -> None:
    text = "so " + text.lower() + " so"
    assert found(text, "misread-letters") == []
    assert mended(misread(text, "cp1252"), "misread-letters") == text


@pytest.mark.parametrize("codec", ["mac_roman", "cp437", "cp850", "cp1250", "cp1251"])
@pytest.mark.parametrize("text", ["wir können es", "“so”", "die Größe", "it’s née"])
def test_other_encodings_are_known_too(text: str, codec: str) -> None:
    wrong = text.encode("utf-8").decode(codec, "ignore")
    if len(wrong.encode(codec)) < len(text.encode("utf-8")):
        pytest.skip("the encoding lacks one of the bytes")
    assert mended(wrong, "misread-letters") == text


@given(st.text(LETTERS + "\u200b\ufeff\xad", max_size=30))
@settings(deadline=None)
def test_mending_what_is_invisible_changes_nothing_visible(text: str) -> None:
    once = mended(text, "invisible-character")
    seen = str.maketrans("", "", "\u200b\ufeff")
    assert once.translate(seen) == text.translate(seen)


@given(st.sampled_from("äéñ€“’&<>\xa0ß"), st.integers(min_value=0, max_value=4))
def test_an_entity_is_decoded_however_often_it_was_escaped(
    char: str, times: int
) -> None:
    entity = f"&{'amp;' * times}#{ord(char)};"
    assert mended(f"Hier {entity} dort", "html-entity") == f"Hier {char} dort"


@given(st.text(max_size=40))
@settings(deadline=None)
def test_plain_letters_are_never_reported(text: str) -> None:
    plain = "".join(c for c in text if c < "\u0250" and (c.isalpha() or c == " "))
    # These two are letters as well, though of no word that we know.
    assert found(plain.replace("Ã", "").replace("Â", "")) == []


def test_what_is_misread_is_reported_once() -> None:
    codes = [finding.code for finding in found("Wir gehen â\x80\x9eheimâ\x80\x9c.")]
    assert codes == ["MT801", "MT801"]
