"""Bytes become text as it stands there, or are refused in clear words."""

import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mtcheck.decode import decode, decode_html

GERMAN = "Die Straße ist schön und größer als früher.\r\nWir gehen über die Brücke."
ENGLISH = "“Don’t,” she said — it’s the café.\n\nThe bill came to 12 €."
SWEDISH = "Det är här på sjön vi åker skridskor när det är kallt ute på vintern."
CZECH = "Příliš žluťoučký kůň pěl ďábelské ódy, a proto jsme všichni šli domů."
RUSSIAN = "Вчера шёл дождь, и улицы города были мокрыми до самого вечера."


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        pytest.param(GERMAN, "utf-8", id="utf-8"),
        pytest.param(GERMAN, "utf-8-sig", id="utf-8 with mark"),
        pytest.param(GERMAN, "utf-16", id="utf-16 with mark"),
        pytest.param(GERMAN, "utf-32", id="utf-32 with mark"),
        pytest.param(GERMAN, "utf-16-le", id="utf-16 little endian, no mark"),
        pytest.param(GERMAN, "utf-16-be", id="utf-16 big endian, no mark"),
        pytest.param(RUSSIAN, "utf-16-le", id="russian utf-16, no mark"),
        pytest.param(GERMAN, "latin-1", id="german latin-1"),
        pytest.param(ENGLISH, "cp1252", id="english cp1252 with curly quotes"),
        pytest.param(SWEDISH, "latin-1", id="swedish latin-1"),
        pytest.param(CZECH, "cp1250", id="czech cp1250"),
        pytest.param(RUSSIAN, "cp1251", id="russian cp1251"),
        pytest.param("", "utf-8", id="empty"),
        pytest.param("a", "utf-8", id="one letter"),
    ],
)
def test_text_comes_back_unchanged(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)) == text


def test_big_endian_marks_are_known() -> None:
    assert decode(b"\xfe\xff" + "Hä".encode("utf-16-be")) == "Hä"
    assert decode(b"\x00\x00\xfe\xff" + "Hä".encode("utf-32-be")) == "Hä"


def test_only_the_first_mark_is_dropped() -> None:
    assert decode("\ufeff\ufeffA\ufeff".encode()) == "\ufeffA\ufeff"


def test_the_odd_bytes_may_come_late() -> None:
    text = "plain words " * 20_000 + "Übergröße"
    assert decode(text.encode("latin-1")) == text


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        pytest.param(
            b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x07",
            "looks binary, not like text; name text files only",
            id="NUL",
        ),
        pytest.param(
            b"\x01\x02\x03 abc",
            "looks binary, not like text; name text files only",
            id="control characters",
        ),
        pytest.param(
            random.Random(3).randbytes(5000),
            "looks binary, not like text; name text files only",
            id="noise",
        ),
        pytest.param(
            b"\xff\xfea",
            "is not valid UTF-16-LE at byte 0; "
            "convert it to UTF-8, for instance with iconv",
            id="half of UTF-16",
        ),
        pytest.param(
            b"\xef\xbb\xbfa\xff",
            "is not valid UTF-8 at byte 1; "
            "convert it to UTF-8, for instance with iconv",
            id="marked as UTF-8",
        ),
        pytest.param(
            "Äpfel, Öl und Übermut".encode() + b" \xfc.",
            "is UTF-8, but damaged at byte 25; repair it, for instance with iconv -c",
            id="damaged UTF-8",
        ),
        pytest.param(
            bytes(range(0x80, 0x100)) * 3,
            "its encoding cannot be told; convert it to UTF-8, for instance with iconv",
            id="no language",
        ),
    ],
)
def test_what_is_not_text_is_refused(data: bytes, problem: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(problem)}$"):
        decode(data)


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"])))
def test_any_text_in_utf8_survives(text: str) -> None:
    assert decode(text.encode()) == text.removeprefix("\ufeff")


@given(st.binary())
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        assert isinstance(decode(data), str)
    except ValueError as error:
        assert type(error) is ValueError


@pytest.mark.parametrize(
    ("data", "text"),
    [
        pytest.param("<p>Größe".encode(), "<p>Größe", id="utf-8"),
        pytest.param("\ufeff<p>ä".encode("utf-16"), "\ufeff<p>ä", id="marked"),
        pytest.param(
            "<meta charset=windows-1250><p>Příliš".encode("cp1250"),
            "<meta charset=windows-1250><p>Příliš",
            id="charset",
        ),
        pytest.param(
            '<meta content="text/html; charset=ISO-8859-1"><p>„ä“'.encode("cp1252"),
            '<meta content="text/html; charset=ISO-8859-1"><p>„ä“',
            id="latin-1 means cp1252",
        ),
        pytest.param(
            "<meta charset=latin1><p>über".encode(),
            "<meta charset=latin1><p>über",
            id="utf-8 under a wrong name",
        ),
        pytest.param(
            "<meta charset=klingon><p>über".encode("latin-1"),
            "<meta charset=klingon><p>über",
            id="unknown charset",
        ),
        pytest.param(
            "<meta charset=utf-8><p>über den Fluß".encode("latin-1"),
            "<meta charset=utf-8><p>über den Fluß",
            id="latin-1 called utf-8",
        ),
    ],
)
def test_a_page_is_decoded_as_it_says(data: bytes, text: str) -> None:
    assert decode_html(data) == text
