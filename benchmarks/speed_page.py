"""The page of costs: what the benchmarks of speed found, for people to read."""

from collections.abc import Iterator
from pathlib import Path

_PROSE = Path(__file__).with_name("speed_page.md")
"""What no table can say; a name in braces stands for a result."""


def speed_page(results: Path) -> Iterator[str]:
    """Yield the lines of the page; ``results`` has the reports of the benchmarks."""
    yield "# Speed and memory"
    yield ""
    yield "Made from the results of the benchmarks by `python tests/update_docs.py`."
    yield ""
    for line in _PROSE.read_text("utf-8").splitlines():
        if line.startswith("{"):
            yield from _body(results / f"{line.strip('{}')}.md")
        else:
            yield line


def _body(path: Path) -> list[str]:
    """Return a report without its title."""
    return path.read_text("utf-8").splitlines()[2:]
