"""``python tests/update_pictures.py``: take the pictures of the pages anew."""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Locator, Page
from test_browser import find_program, launched, served

from mtcheck.cli import main as mtcheck

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
MANGLED = "seeds/en/quarry_translated_back.txt"
GERMAN = "seeds/de/leuchtturm_maschinell.txt"
REWRITTEN = "seeds/de/muehle_umgeschrieben.txt"
SPUN, ORIGINAL = "seeds/en/ferry_spun.txt", "seeds/en/ferry_original.txt"


@contextmanager
def shown(
    browser: Browser,
    url: str,
    width: int,
    height: int,
    scheme: Literal["light", "dark"] = "light",
) -> Iterator[Page]:
    """Open a page on a screen of so many pixels."""
    with browser.new_page(
        viewport={"width": width, "height": height}, color_scheme=scheme
    ) as page:
        page.goto(url)
        yield page


def written(folder: Path, *arguments: str) -> str:
    """Return the address of the page that a command writes."""
    path = folder / f"{len(list(folder.iterdir()))}.html"
    mtcheck([*arguments, "--output", str(path), "--quiet"])
    return path.as_uri()


def scroll(item: Locator, above: int) -> None:
    """Scroll until so many pixels of the screen are above the item."""
    item.evaluate(
        "(item, above) => scrollBy(0, item.getBoundingClientRect().top - above)", above
    )


def take(browser: Browser, folder: Path) -> None:
    """Take all pictures."""
    url = written(folder, "score", MANGLED)
    with shown(browser, url, 900, 640) as page:
        paragraph = page.locator("article", has_text="Lucille Brandt")
        scroll(paragraph, 86)
        paragraph.locator("a.finding").first.focus()
        page.screenshot(path=IMAGES / "report-light.png")
    url = written(folder, "score", GERMAN)
    with shown(browser, url, 400, 720, "dark") as page:
        scroll(page.locator("h2", has_text=GERMAN), 96)
        page.screenshot(path=IMAGES / "report-dark-narrow.png")
    with served() as url, shown(browser, url, 900, 720) as page:
        page.get_by_role("textbox").fill((ROOT / REWRITTEN).read_text("utf-8"))
        page.get_by_role("button", name="Mark it").click()
        page.get_by_role("heading", name="Summary").wait_for()
        page.screenshot(path=IMAGES / "serve.png")
    url = written(folder, "compare", SPUN, ORIGINAL)
    with shown(browser, url, 1100, 560) as page:
        scroll(page.locator("article", has_text="electric ferry cannot cope"), 60)
        page.locator("a.mark", has_text="associates").first.focus()
        page.screenshot(path=IMAGES / "compare.png")


def main() -> None:
    """Take all pictures with the Chromium of the system."""
    os.chdir(ROOT)  # the pages name the files as a user would
    program = find_program()
    if program is None:
        sys.exit("no Chromium to take pictures with; install it")
    with tempfile.TemporaryDirectory() as folder, launched(program) as browser:
        take(browser, Path(folder))


if __name__ == "__main__":
    main()
