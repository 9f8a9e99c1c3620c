"""Addresses such as ``s3://corpus/part.jsonl``, as they are written."""

import re

# A scheme has two letters at least: a drive of Windows has one.
_ADDRESS = re.compile(r"(?:[a-z][a-z0-9+.-]+::)*[a-z][a-z0-9+.-]+://", re.IGNORECASE)


def is_address(path: str) -> bool:
    r"""Tell whether a path has a scheme.

    >>> is_address("gs://corpus/a.csv"), is_address("zip://a.csv::s3://b/a.zip")
    (True, True)
    >>> is_address("texts/a.csv"), is_address("c:\\texts\\a.csv")
    (False, False)
    """
    return _ADDRESS.match(path) is not None


def path_of(path: str) -> str:
    """Return the part of an address that is a path; any other path is one already.

    >>> path_of("https://example.org/a.csv?version=2"), path_of("zip://a.csv::s3://b/c")
    ('example.org/a.csv', 'a.csv')
    """
    scheme, inner, _ = _split(path)
    is_web = scheme.lower().endswith(("http://", "https://"))
    return re.split("[?#]", inner, maxsplit=1)[0] if is_web else inner


def sibling(address: str, inner: str, other: str) -> str | None:
    """Return the address of a file; None where it cannot be told.

    The filesystem knows that file as ``other``, and ``address`` as ``inner``.

    >>> sibling("zip://*.csv::s3://b/c.zip", "*.csv", "a.csv")
    'zip://a.csv::s3://b/c.zip'
    """
    scheme, path, rest = _split(address)
    path = path.rstrip("/")
    link = f"{scheme}{path}" if path else scheme
    inner = inner.rstrip("/")
    return f"{link.removesuffix(inner)}{other}{rest}" if link.endswith(inner) else None


def _split(path: str) -> tuple[str, str, str]:
    """Return the scheme with what is before it, the path, and the rest of a chain."""
    found = _ADDRESS.match(path)
    if found is None:
        return "", path, ""
    inner, separator, rest = path[found.end() :].partition("::")
    return found[0], inner, f"{separator}{rest}"
