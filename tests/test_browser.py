"""Pages in a real browser: silent, reachable by keyboard, and open to everybody."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import lacking
from playwright.sync_api import Browser, Page, sync_playwright
from test_html import HOSTILE

import mtcheck
from mtcheck.comparison.formats.html import FORMAT
from mtcheck.models import model_folders
from mtcheck.report import Screen, make_visible, render

ROOT = Path(__file__).resolve().parent.parent
SEEDS = ["seeds/en/quarry_translated_back.txt", "seeds/de/leuchtturm_maschinell.txt"]
PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
SCREENS = {"wide": (1100, 900), "narrow": (360, 740)}

pytestmark = pytest.mark.skipif(not model_folders(), reason="no model is installed")


def find_program() -> str | None:
    """Return the Chromium of the system."""
    return next(filter(None, map(shutil.which, PROGRAMS)), None)


@contextmanager
def launched(program: str) -> Iterator[Browser]:
    """Run a browser."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            # Chromium's own sandbox does not work for root.
            executable_path=program,
            args=["--no-sandbox"],
        )
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Return the Chromium of the system; a test without it is skipped."""
    program = find_program()
    if program is None:
        lacking("no Chromium to look at pages with")
    with launched(program) as browser:
        yield browser


class Watched:
    """A page, and all that it complained of or asked for."""

    def __init__(self, page: Page, url: str) -> None:
        self.page, self.url = page, url
        self.faults: list[str] = []
        self.asked: list[str] = []
        page.on("console", lambda message: self.faults.append(message.text))
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("dialog", lambda dialog: self.faults.append(dialog.message))
        page.on("request", lambda request: self.asked.append(request.url))
        page.goto(url)

    def check(self) -> None:
        """Refuse faults, and requests to anywhere else."""
        assert self.faults == []
        assert set(self.asked) <= {self.url, "data:,"}

    def find_barriers(self) -> list[str]:
        """Return what axe-core finds serious or critical."""
        # It is put into the page from outside, which the page's policy allows.
        found = Axe().run(self.page).response["violations"]
        return [
            f"{item['id']}: {item['nodes'][0]['html']}"
            for item in found
            if item["impact"] in ("serious", "critical")
        ]


@contextmanager
def opened(
    browser: Browser, url: str, screen: str = "wide", scheme: str = "light"
) -> Iterator[Watched]:
    """Open a page on a screen; at the end it must be silent."""
    width, height = SCREENS[screen]
    with browser.new_page(
        viewport={"width": width, "height": height},
        color_scheme="dark" if scheme == "dark" else "light",
    ) as page:
        watched = Watched(page, url)
        yield watched
        watched.check()


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the address of a report on two of the seeds and a hostile text."""
    target = tmp_path_factory.mktemp("report") / "report.html"
    text = f"{HOSTILE}\n\nHe said it. . {HOSTILE} So they left the old house at once."
    documents = [
        *(mtcheck.Document((ROOT / seed).read_text("utf-8"), seed) for seed in SEEDS),
        mtcheck.Document(text, HOSTILE),
    ]
    lines = render(mtcheck.score(documents), "html")
    target.write_text("\n".join(lines), encoding="utf-8")
    return target.as_uri()


@pytest.fixture
def shown(browser: Browser, report: str) -> Iterator[Watched]:
    """Return the report, opened on a wide screen; at the end it must be silent."""
    with opened(browser, report) as watched:
        yield watched


@contextmanager
def served() -> Iterator[str]:
    """Run a server, and return its address."""
    with subprocess.Popen(
        [sys.executable, "-m", "mtcheck", "serve", "--port", "0"],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        yield process.stderr.readline().split()[1]
        process.kill()


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """Return the address of a server."""
    with served() as address:
        yield address


@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nobody_is_kept_from_reading_a_report(
    browser: Browser, report: str, screen: str, scheme: str
) -> None:
    with opened(browser, report, screen, scheme) as watched:
        page = watched.page
        page.locator("summary").click()
        page.locator("a.mark").first.focus()
        assert watched.find_barriers() == []
        is_wider = "document.documentElement.scrollWidth > innerWidth"
        assert not page.evaluate(is_wider)


def test_the_tab_key_leads_to_marks_and_shows_why(shown: Watched) -> None:
    page = shown.page
    tip = page.locator("#tip")
    seen = set()
    page.get_by_role("combobox", name="Finding").focus()
    for _ in range(25):
        page.keyboard.press("Tab")
        focused = page.locator(":focus")
        if "mark" in (focused.get_attribute("class") or "").split():
            note = focused.get_attribute("aria-describedby") or ""
            first = page.locator(f"[id='{note.split()[0]}']").text_content() or ""
            assert tip.is_visible()
            assert first in (tip.text_content() or "")
            seen |= set(first.split()[:1])
            box, screen = tip.bounding_box(), page.viewport_size
            assert box is not None
            assert screen is not None
            assert 0 <= box["x"] <= screen["width"] - box["width"]
            assert 0 <= box["y"] <= screen["height"] - box["height"]
    assert "because" in seen
    assert len(seen) > 1
    page.keyboard.press("Escape")
    assert tip.is_hidden()


def test_enter_leads_to_the_note(shown: Watched) -> None:
    page = shown.page
    mark = page.locator("a.finding").first
    mark.focus()
    page.keyboard.press("Enter")
    told = mark.get_attribute("aria-describedby") or ""
    assert page.locator(":target").get_attribute("id") == told.split()[0]
    shown.asked.clear()  # the same page, with a fragment


def test_pointing_shows_why_and_the_tip_can_be_pointed_at(shown: Watched) -> None:
    page = shown.page
    tip = page.locator("#tip")
    page.locator("a.finding").first.hover()
    assert tip.is_visible()
    tip.hover()
    page.wait_for_timeout(400)
    assert tip.is_visible()
    page.locator("footer").hover()
    tip.wait_for(state="hidden")


def test_the_filter_works_by_keyboard(shown: Watched) -> None:
    page = shown.page
    articles = page.locator("article:visible")
    total = articles.count()
    page.get_by_role("combobox", name="Label").focus()
    page.keyboard.type("machine")
    mangled = articles.count()
    assert 0 < mangled < total
    assert page.locator("article.original:visible").count() == 0
    assert page.get_by_text(f"{mangled} of {total} shown").is_visible()
    page.get_by_role("combobox", name="Evidence").focus()
    page.keyboard.type("strong")
    assert articles.count() == page.locator("article[data-evidence=strong]").count()
    page.get_by_role("button", name="Show all").focus()
    page.keyboard.press("Enter")
    page.get_by_text(f"{total} of {total} shown").wait_for()
    page.get_by_role("combobox", name="Finding").focus()
    page.keyboard.type("MT101")
    found = page.locator("article[data-codes~=MT101]")
    assert articles.count() == found.count() > 0


def test_a_hostile_text_is_shown_as_text(shown: Watched) -> None:
    text = shown.page.locator("section.document").last.locator(".text").first
    wanted = make_visible(HOSTILE)
    assert (text.text_content() or "").split() == wanted.split()
    assert shown.page.locator("img").count() == 0


def test_print_shows_all_but_what_is_for_the_screen(shown: Watched) -> None:
    page = shown.page
    page.emulate_media(media="print", color_scheme="dark")
    assert page.locator("#filter").is_hidden()
    assert page.locator("article .notes").first.is_visible()
    paper = "getComputedStyle(document.body).backgroundColor"
    assert page.evaluate(paper) == "rgb(255, 255, 255)"


@pytest.fixture(scope="module")
def comparison(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the address of a comparison of two seeds, with a hostile end."""
    target = tmp_path_factory.mktemp("comparison") / "found.html"
    suspect, original = (
        (ROOT / f"seeds/en/ferry_{name}.txt").read_text("utf-8")
        for name in ("spun", "original")
    )
    found = mtcheck.compare(
        mtcheck.Document(f"{suspect}\n\nThey vended it: {HOSTILE}", HOSTILE),
        mtcheck.Document(f"{original}\n\nThey sold it: {HOSTILE}", "original.txt"),
    )
    lines = FORMAT.render(found, Screen())
    target.write_text("\n".join(lines), encoding="utf-8")
    return target.as_uri()


@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nobody_is_kept_from_reading_a_comparison(
    browser: Browser, comparison: str, screen: str, scheme: str
) -> None:
    with opened(browser, comparison, screen, scheme) as watched:
        page = watched.page
        page.locator("summary").click()
        page.locator("a.spun:not([tabindex])").first.focus()
        assert watched.find_barriers() == []
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
        original, suspect = (
            box
            for text in page.locator("article").nth(3).locator(".text").all()
            if (box := text.bounding_box())
        )
        beside = original["x"] + original["width"] <= suspect["x"]
        above = original["y"] + original["height"] <= suspect["y"]
        assert (beside, above) == (screen == "wide", screen == "narrow")
        shown = page.locator("article").last.locator(".text")
        told = " ".join(make_visible(HOSTILE).split())
        for text in shown.all():
            assert told in " ".join((text.text_content() or "").split())
        assert page.locator("img").count() == 0


def test_the_keyboard_tells_a_change_and_shows_its_other_side(
    browser: Browser, comparison: str
) -> None:
    with browser.new_page() as page:
        watched = Watched(page, comparison)
        page.get_by_role("combobox", name="Show").focus()
        page.keyboard.type("changed")
        rows = page.locator("article:visible")
        assert rows.count() == page.locator("article[data-kinds~=changed]").count() > 0
        assert page.locator("article.residue:visible").count() == 0
        page.keyboard.press("Tab")  # to the button
        page.keyboard.press("Tab")
        focused = page.locator(":focus")
        note = page.locator(f"[id='{focused.get_attribute('aria-describedby')}']")
        tip = page.locator("#tip")
        assert tip.is_visible()
        assert tip.text_content() == note.text_content()
        assert page.locator("a.partner").count() == 2
        page.keyboard.press("Enter")
        assert page.locator(":target").get_attribute("id") == note.get_attribute("id")
        page.keyboard.press("Escape")
        assert tip.is_hidden()
        page.emulate_media(media="print", color_scheme="dark")
        assert page.locator("#filter").is_hidden()
        assert page.locator("article .notes:visible").count() > 0
        watched.asked.clear()  # the same page, with a fragment
        watched.check()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_pasted_text_is_marked_by_the_server(
    browser: Browser, url: str, scheme: str
) -> None:
    text = (ROOT / SEEDS[0]).read_text("utf-8")
    with browser.new_page(color_scheme="dark" if scheme == "dark" else None) as page:
        watched = Watched(page, url)
        assert watched.find_barriers() == []
        page.get_by_label("Paste a text").fill(f"{text}\n\n{HOSTILE[:40]}")
        page.keyboard.press("Control+Enter")
        page.locator("article").first.wait_for()
        assert "Lucille" in page.get_by_label("Paste a text").input_value()
        page.locator("a.finding").first.focus()
        assert page.locator("#tip").is_visible()
        assert watched.find_barriers() == []
        watched.check()


def test_a_dropped_or_chosen_file_is_read(
    browser: Browser, url: str, tmp_path: Path
) -> None:
    path = tmp_path / "a.txt"
    path.write_text("Grüße aus Köln.", encoding="utf-8")
    drop = """(name) => {
      const data = new DataTransfer();
      data.items.add(new File(["Dropped text."], name));
      document.body.dispatchEvent(new DragEvent("drop",
        { dataTransfer: data, bubbles: true, cancelable: true }));
    }"""
    with browser.new_page() as page:
        watched = Watched(page, url)
        page.get_by_label("Open a text file").set_input_files(path)
        box = page.get_by_label("Paste a text")
        page.wait_for_function("document.getElementById('text').value")
        assert box.input_value() == "Grüße aus Köln."
        page.evaluate(drop, "b.txt")
        page.wait_for_function("document.getElementById('text').value[0] === 'D'")
        assert box.input_value() == "Dropped text."
        watched.check()
