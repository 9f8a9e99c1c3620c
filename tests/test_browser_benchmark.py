"""The report of a benchmark in a real browser: silent, by keyboard, for everybody."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser
from test_benchmark import HOSTILE, guesses, rows, write
from test_browser import SCREENS, Watched, browser, opened

from mtcheck.cli import main
from mtcheck.models import model_folders

__all__ = ["browser"]  # the fixture

pytestmark = pytest.mark.skipif(not model_folders(), reason="no model is installed")

MARKUP = f"<img src=x onerror=alert(1)> {HOSTILE}"


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the address of a report with every section, on hostile texts and names."""
    folder = tmp_path_factory.mktemp("benchmark")
    hostile = [row | {"text": f"{MARKUP} {row['text']}"} for row in rows()]
    for row in hostile[::2]:
        row["genre"] = MARKUP
    data = write(folder / "data.jsonl", hostile)
    one = write(folder / "one.jsonl", guesses())
    given = [
        "--model",
        "base:fast",
        "--predictions",
        f"{MARKUP.replace('=', '')}={one}",
    ]
    given += ["--attack", "zero-width", "--errors", "3", "--resamples", "100"]
    output = folder / "out"
    arguments = [str(data), *given, "--least", "5", "--output", str(output), "--quiet"]
    assert main(["benchmark", *arguments]) == 0
    return (output / "report.html").as_uri()


@pytest.fixture
def shown(browser: Browser, report: str) -> Iterator[Watched]:
    """Return the report, opened on a wide screen; at the end it must be silent."""
    with opened(browser, report) as watched:
        yield watched


@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nobody_is_kept_from_reading_a_benchmark(
    browser: Browser, report: str, screen: str, scheme: str
) -> None:
    with opened(browser, report, screen, scheme) as watched:
        page = watched.page
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = 1)")
        assert watched.find_barriers() == []
        is_wider = "document.documentElement.scrollWidth > innerWidth"
        assert not page.evaluate(is_wider)


def test_the_tab_key_leads_to_all_that_can_be_worked(shown: Watched) -> None:
    page = shown.page
    wanted = page.locator("a, button, summary, .scroll").count()
    seen = set()
    page.keyboard.press("Tab")
    for _ in range(wanted + 20):
        seen.add(page.evaluate("document.activeElement.tagName"))
        if page.evaluate("document.activeElement.matches('details:last-of-type > *')"):
            break
        page.keyboard.press("Tab")
    assert {"A", "BUTTON", "SUMMARY", "DIV"} <= seen


def test_a_table_is_sorted_by_keyboard(shown: Watched) -> None:
    page = shown.page
    head = page.locator("#s0 + .scroll th", has_text="macro-F1")
    values = "cells => cells.map(cell => cell.dataset.number ?? null)"
    column = page.locator("#s0 + .scroll td:nth-child(2)")
    head.get_by_role("button").focus()
    page.keyboard.press("Enter")
    assert head.get_attribute("aria-sort") == "descending"
    falling = column.evaluate_all(values)
    assert [*map(float, falling)] == sorted(map(float, falling), reverse=True)
    page.keyboard.press("Space")
    assert head.get_attribute("aria-sort") == "ascending"
    assert column.evaluate_all(values) == falling[::-1]


def test_the_clean_texts_stand_behind_the_differences(shown: Watched) -> None:
    page = shown.page
    table = page.get_by_role("region", name="Under attack, en, table")
    table.get_by_role("button", name="macro-F1").focus()
    page.keyboard.press("Enter")
    assert table.locator("tbody td:nth-child(2)").all_inner_texts() == [
        "zero-width",
        "zero-width",
        "none",
    ]


def test_the_worst_errors_show_markup_as_text(shown: Watched) -> None:
    page = shown.page
    opener = page.locator("summary", has_text="surest wrong labels").first
    opener.focus()
    page.keyboard.press("Enter")
    quoted = page.locator(".errors blockquote").first
    assert quoted.is_visible()
    assert (quoted.text_content() or "").startswith(MARKUP)
    assert page.locator("img").count() == 0
    because = page.locator(".errors .note").first
    assert "because" in (because.text_content() or "")


def test_links_of_the_page_lead_to_its_sections(shown: Watched) -> None:
    page = shown.page
    link = page.get_by_role("link", name="Under attack, en")
    link.focus()
    page.keyboard.press("Enter")
    assert page.locator(":target").text_content() == "Under attack, en"
    shown.asked.clear()  # the same page, with a fragment


def test_print_has_no_links_and_is_on_white(shown: Watched) -> None:
    page = shown.page
    page.emulate_media(media="print", color_scheme="dark")
    assert page.locator("nav").is_hidden()
    paper = "getComputedStyle(document.body).backgroundColor"
    assert page.evaluate(paper) == "rgb(255, 255, 255)"
    assert "scroll" not in page.locator(".scroll").first.evaluate(
        "box => getComputedStyle(box).overflowX"
    )
