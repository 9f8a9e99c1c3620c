"""From bytes to text as it stands there: no line end and no blank is changed."""

import codecs
import re

_SAMPLE = 2**16
# UTF-32 stands first: its little-endian mark begins with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\v\f\r\x1b")) + b"\x7f"
_CHARSET = re.compile(rb"""charset\s*=\s*["']?([\w.:-]+)""", re.IGNORECASE)
# Letters of German, French, Spanish, Italian, Swedish, Danish, and printers' marks.
# Text in cp1250 or a Cyrillic code has others when read as cp1252: "ý", "ð" for "р".
_WESTERN = frozenset(
    "äöüßÄÖÜåæøÅÆØìòàâçéèêëîïôùûœÉÈÀÇŒñÑáíóúÁÓ‚„…‘’“”•–—‹›€™\xa0¡§©«®°±²³´·»¼½¾¿×"
)
_CONVERT = "convert it to UTF-8, for instance with iconv"


def decode(data: bytes) -> str:
    r"""Return ``data`` as text: decoded, a byte-order mark dropped, no more changed.

    ValueError says why that cannot be.

    >>> decode(b"\xef\xbb\xbfTwo\r\nlines"), decode(b"Gr\xfc\xdfe")
    ('Two\r\nlines', 'Grüße')
    """
    return _decoded(data, encoding_of(data))


def decode_html(data: bytes) -> str:
    """Return a page as text: UTF-8 if it is valid, else what the page itself names."""
    return _decoded(data, html_encoding_of(data))


def encoding_of(data: bytes) -> tuple[bytes, str]:
    r"""Return the byte-order mark of ``data``, which may be empty, and its encoding.

    >>> encoding_of(b"\xef\xbb\xbfTwo"), encoding_of(b"Gr\xfc\xdfe")
    ((b'\xef\xbb\xbf', 'utf-8'), (b'', 'cp1252'))
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return mark, encoding
    if unmarked := _unmarked_utf16(data):
        return b"", unmarked
    sample = data[:_SAMPLE]
    n_controls = len(sample) - len(sample.translate(None, _CONTROLS))
    if b"\0" in data or n_controls > len(sample) / 20:
        raise ValueError("looks binary, not like text; name text files only")
    first_wrong = _first_wrong(data)
    return b"", "utf-8" if first_wrong is None else _guess(data, first_wrong)


def html_encoding_of(data: bytes) -> tuple[bytes, str]:
    """Return the byte-order mark and the encoding of a page."""
    is_plain = _is_marked(data) or _first_wrong(data) is None
    named = None if is_plain else _CHARSET.search(data[:4096])
    if named:
        name = named[1].decode("ascii", "replace").lower()
        # Browsers read Latin-1 as cp1252, and pages are written for browsers.
        name = "cp1252" if name in ("iso-8859-1", "latin1", "us-ascii") else name
        try:
            data.decode(name)
        except (LookupError, ValueError):
            pass  # The page is wrong about itself.
        else:
            return b"", name
    return encoding_of(data)


def _first_wrong(data: bytes) -> int | None:
    """Return the place of the first byte that is not UTF-8."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start
    return None


def _is_marked(data: bytes) -> bool:
    return data.startswith(tuple(mark for mark, _ in _MARKS))


def _decoded(data: bytes, found: tuple[bytes, str]) -> str:
    mark, encoding = found
    try:
        return data[len(mark) :].decode(encoding)
    except UnicodeDecodeError as error:
        name = encoding.upper()
        raise ValueError(
            f"is not valid {name} at byte {error.start}; {_CONVERT}"
        ) from None


def _unmarked_utf16(data: bytes) -> str | None:
    sample = data[:_SAMPLE]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    # Of letters, digits and blanks every second byte is NUL, and hardly another one.
    if max(even, odd) <= len(sample) / 40 or min(even, odd) > max(even, odd) / 10:
        return None
    name = "utf-16-be" if even > odd else "utf-16-le"
    text = sample.decode(name, "replace").split()
    return name if all(map(str.isprintable, text)) and "\ufffd" not in text else None


def _guess(data: bytes, start: int) -> str:
    """Name the encoding of what is not UTF-8; the first wrong byte is at ``start``."""
    sample = data[max(0, start - 2000) : start + _SAMPLE]
    marks = [mark for mark in sample.decode("utf-8", "replace") if mark > "\x7f"]
    n_wrong = marks.count("\ufffd")
    if len(marks) > 2 * n_wrong:
        raise ValueError(
            f"is UTF-8, but damaged at byte {start}; repair it, "
            "for instance with iconv -c"
        )
    high = [mark for mark in sample.decode("cp1252", "replace") if mark > "\x7f"]
    n_western = sum(mark in _WESTERN for mark in high)
    if n_western == len(high) and n_western < len(sample) / 2:
        return "cp1252"
    return _ask_charset_normalizer(sample[:20_000])


def _ask_charset_normalizer(sample: bytes) -> str:
    # Imported here: nearly all files are UTF-8. It is asked last because it is slow and
    # takes short German texts for Polish ones.
    from charset_normalizer import from_bytes

    matches = from_bytes(sample)
    best = matches.best()
    if best is None:
        raise ValueError(f"its encoding cannot be told; {_CONVERT}")
    equals = {match.encoding for match in matches if match.chaos <= best.chaos}
    # Old Macintosh files are far rarer than Windows files.
    likelier = {"mac_cyrillic": "cp1251", "mac_roman": "cp1252"}.get(best.encoding)
    return likelier if likelier in equals and likelier else best.encoding
