"""Residue by phrase and by shape: measures, trees, stretches, training and figures."""

import json
import lzma
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks import page_rules, residue
from mtcheck.linting import lint
from mtcheck.residue.lines import FEATURES, measure_lines
from mtcheck.residue.phrases import marked_lines, notices, split_lines
from mtcheck.residue.stretches import page_stretches
from mtcheck.residue.trees import FILE, line_scores, read_trees, score, trees
from mtcheck.segment import Passage, passages
from mtcheck.types import Document
from training import residue as training
from training.pages import Page, lines_outside, read_pages, snippet_lines

MENU = """The lock opens - Harbour Post
Home
News
Local News
Sport
Weather
Classifieds
Obituaries
Jobs
Contact Us
Subscribe
RSS Feeds"""
PROSE = """The old lock opened on Monday, a year later than the town had hoped. It was
built in two summers, and the men who had built it came to see the first ship go in.
The mayor said that he was glad of it. He had not slept well for a year, and the men
who had told him to wait had been right about the gates in the end."""
FOOTER = """Ferry Late Again
Mayor's Dog Found
More News
About Us
Careers
Our Staff
Advertise With Us
Privacy Policy
Terms of Use
Site Map"""
PAGE = f"{MENU}\nThe lock opens\n{PROSE}\n{FOOTER}"


def measures(text: str, line: int) -> dict[str, float]:
    return dict(zip(FEATURES, measure_lines(text)[1][line], strict=True))


@pytest.mark.parametrize(
    "line",
    [
        "Accept all cookies",
        "« Older posts",
        "Comments (12)",
        "Updated 3 hours ago",
        "Page 2 of 7",
        "Share | Tweet | Print",
        "Powered by WordPress",
        "You must be logged in to post a comment.",
        "Alle Cookies akzeptieren",
        "Kommentare (3)",
        "Aktualisiert am 03.04.2024, 10:15 Uhr",
        "Passwort vergessen?",
        "Weitere Kommentare laden",
        "Sie sind hier: Start / Sport",
    ],
)
def test_lines_of_pages_are_known_by_phrase(line: str) -> None:
    text = f"The lock opened.\n{line}\nIt was late."
    assert [span.of(text) for span in marked_lines(text)] == [line]


def whole(text: str) -> Passage:
    (passage,) = passages(Document(text, language="en"), "blank")
    return passage


@pytest.mark.parametrize(
    "notice",
    [
        "You can unsubscribe at any time",
        "This site uses Akismet to reduce spam",
        "Please disable your ad blocker to read on",
        "By clicking here you agree to our use of cookies",
        "Get the latest news delivered straight to your inbox",
        "Bitte deaktivieren Sie Ihren Adblocker",
        "Diese Website verwendet Akismet, um Spam zu reduzieren",
        "Mit der Nutzung der Seite stimmen Sie Cookies zu",
    ],
)
def test_notices_are_known_inside_a_paragraph(notice: str) -> None:
    text = f"The lock opened on Monday. {notice}. It was late."
    assert [span.of(text) for span in notices(whole(text))] == [notice]


@pytest.mark.parametrize(
    "line",
    [
        "Comments were few and kind.",
        "The page 2 of 7 was torn out.",
        "We must accept all cookies that Grandmother bakes.",
        "Die Kommentare waren freundlich.",
        "She was powered by coffee.",
        "Get me the letter that was sent to your inbox.",
    ],
)
def test_sentences_with_the_same_words_are_not(line: str) -> None:
    assert not marked_lines(line)
    assert not notices(whole(line))


def test_lines_end_where_paragraphs_may_end() -> None:
    text = "One \r\n\u2029 Two\rThree\n\n"
    assert [span.of(text) for span in split_lines(text)] == ["One", "Two", "Three"]


def test_a_line_is_measured_by_its_words() -> None:
    found = measures("Login | News\nThe lock opened, and we were late.", 1)
    assert found["words"] == 7
    assert found["function_words"] == 4
    assert found["commas"] == 1
    assert found["separators"] == 0
    assert measures("Login | News", 0)["page_share"] == 1


def test_the_language_of_most_function_words_counts() -> None:
    assert measures("Wir waren in der Stadt", 0)["function_share"] == 0.8


def test_company_is_heard_from_both_sides_and_fades() -> None:
    text = "Leave a Reply\nfish\nfish\nfish"
    heard = [measures(text, line)["marked_above_0.5"] for line in range(4)]
    assert heard == [0, 0.5, 0.25, 0.125]
    assert measures(text, 0)["marked_below_0.5"] == 0
    turned = "fish\nLeave a Reply"
    assert measures(turned, 0)["marked_below_0.5"] == 0.5


def test_repeats_and_the_title_are_noticed() -> None:
    text = "The old lock - Post\nFish\nThe old lock\nFish"
    assert [measures(text, line)["repeats"] for line in range(4)] == [0, 1, 0, 2]
    assert [measures(text, line)["title"] for line in range(4)] == [2, 0, 1, 0]


def test_prose_is_counted_above_and_below() -> None:
    text = f"Fish\n{PROSE.replace(chr(10), ' ')}\nComments\nFish"
    assert measures(text, 0)["prose_below"] == 1
    assert measures(text, 3)["prose_above"] == 1
    assert [measures(text, line)["comment_heads"] for line in range(4)] == [0, 0, 0, 1]


def test_a_text_without_lines_has_no_measures() -> None:
    assert measure_lines(" \n ") == ([], [])
    assert line_scores("") == ()


def test_the_trees_of_the_package_are_whole() -> None:
    raw = json.loads(FILE.read_text("utf-8"))
    assert raw["features"] == list(FEATURES)
    assert raw["made"]["command"] == "python -m training.residue"
    assert trees().limits["0.01"] > trees().limits["0.05"]


def test_trees_are_read_by_the_names_of_their_features() -> None:
    raw = {
        "features": ["commas", "words"],
        "start": 1.0,
        "limits": {},
        "trees": [[1, 2.5, 0.5, [0, 0.5, -1.0, -2.0]]],
    }
    known = read_trees(raw)
    _, rows = measure_lines("Two words\nThree small words\nThree, small, words")
    assert [score(row, known) for row in rows] == [1.5, 0.0, -1.0]


def test_menus_and_footers_are_stretches_of_a_page() -> None:
    first, *_, last = page_stretches(PAGE)
    assert first.of(PAGE).startswith("Home\nNews\n")
    assert first.end <= PAGE.index(PROSE) < PAGE.index(FOOTER) <= last.start
    assert last.end == len(PAGE)


def test_a_text_without_phrases_of_pages_has_no_stretches() -> None:
    text = "\n".join(f"{number} eggs" for number in range(40))
    assert page_stretches(text) == ()
    assert page_stretches(f"{text}\nLeave a Reply\n{text}\nShare") == ()


def test_copyrights_alone_make_no_page() -> None:
    lines = [f"Copyright {year} A. Keeper" for year in range(1990, 2020)]
    assert page_stretches("\n".join(["Source: the keeper", *lines])) == ()


def test_a_stretch_over_blank_lines_is_told_once() -> None:
    text = PAGE.replace("\n", "\n\n")
    found = [f.span.of(text) for f in lint(text, "en") if f.code == "MT502"]
    assert len(found) == len(page_stretches(text))
    assert all("\n" not in marked for marked in found)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.sampled_from([*PAGE.split("\n"), "", "a\rb", "\u2029"]), max_size=40)
)
def test_scores_and_stretches_lie_on_lines(lines: list[str]) -> None:
    text = "\n".join(lines)
    spans = list(split_lines(text))
    assert [span for span, _ in line_scores(text)] == spans
    starts, ends = {s.start for s in spans}, {s.end for s in spans}
    for span in page_stretches(text):
        assert span.start in starts
        assert span.end in ends


def page(text: str, main: str = "", **more: Any) -> Page:
    values = {
        "id": "p",
        "language": "en",
        "source": "made",
        "inside": (),
        "outside": (),
    }
    return Page(**{**values, "text": text, "main": main, **more})


def test_lines_are_told_apart_by_the_main_text() -> None:
    found = lines_outside(page(PAGE, "The lock opens " + PROSE.replace("\n", " ")))
    n_menu, n_footer = MENU.count("\n") + 1, FOOTER.count("\n") + 1
    assert found == [True] * n_menu + [False] * 5 + [True] * n_footer


def test_what_is_hard_to_say_does_not_count() -> None:
    text = "-\nlock\nNews\nSport\nthe old lock was open and then shut again"
    found = lines_outside(page(text, "the old lock was open. It is a lock"))
    assert found == [None, True, True, True, None]
    alone = "Harbour\nNews\nSport\nJobs\nthe gates of the lock"
    assert lines_outside(page(alone, "Harbour. the gates of the lock"))[0] is None


def test_snippets_are_looked_for_in_single_lines() -> None:
    text = "One lock\nTwo  locks\nOne lock and more"
    found = snippet_lines(
        page(text, inside=("Two locks", "gone"), outside=("One lock",))
    )
    assert found == [([0, 2], True), ([1], False)]


def test_pages_of_a_source_apart_are_never_fitted_on() -> None:
    parts = {page("", id=str(n)).part for n in range(20)}
    assert parts == {"fit", "measured"}
    assert page("", source="readability").part == "apart"


def test_a_curve_counts_what_is_above_few_inside() -> None:
    inside = np.arange(100.0)
    found = residue.curve(
        np.concatenate([inside, [98.5, 97.0, 94.5]]),
        np.array([False] * 100 + [True] * 3),
    )
    assert found["recall_at_0.01"] == pytest.approx(1 / 3)
    assert found["recall_at_0.05"] == pytest.approx(3 / 3)


def test_ties_never_pass_for_recall() -> None:
    same = np.zeros(20)
    assert residue.curve(same, np.arange(20) < 10)["recall_at_0.05"] == 0


def test_other_rules_are_given_their_case() -> None:
    lines = PAGE.split("\n")
    _, runs = next(page_rules.run_rules())
    scores = runs(lines)
    assert min(scores[:12]) > max(scores[13:17])
    _, justext = next(page_rules.justext_rules("en"))
    prose = [PROSE.replace("\n", " ")] * 3
    scores = justext(["Home", "News", *prose, "© 2024"])
    assert max(scores[2:5]) < page_rules.BAD < min(scores[0], scores[1], scores[5])


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pages of our own in the form of the data folder."""
    folder = tmp_path_factory.mktemp("pages")
    (folder / "scraped").mkdir()
    texts, gold = [], []
    for n in range(24):
        prose = PROSE.replace("Monday", f"the {n}th").replace("\n", f" {n} ")
        text = f"{MENU}\n{prose}\n{prose[::-1]}\n{FOOTER}"
        source = "readability" if n < 3 else "made"
        texts.append({"id": f"t{n}", "text": text})
        row: dict[str, Any] = {"id": f"g{n}", "raw_id": f"t{n}", "source": source}
        if n % 4:
            gold.append(row | {"lang": "en", "gold_text": prose})
        else:
            row |= {"must_include": ["old lock"], "must_exclude": ["Site Map"]}
            gold.append(row | {"lang": "de", "gold_text": None})
    for name, rows in (("pages", texts), ("boilerplate_gold", gold)):
        body = "\n".join(map(json.dumps, rows)).encode()
        (folder / "scraped" / f"{name}.jsonl.xz").write_bytes(lzma.compress(body))
    return folder


def test_training_writes_trees_that_can_be_read(data: Path, tmp_path: Path) -> None:
    output = tmp_path / "trees.json"
    arguments = ["--data", str(data), "--output", str(output)]
    done = CliRunner().invoke(training.main, arguments)
    assert done.exit_code == 0, done.output
    raw = json.loads(output.read_text("utf-8"))
    n_fitted = sum(page.part == "fit" for page in read_pages(data))
    assert raw["made"]["pages"] == n_fitted
    assert read_trees(raw).trees


def test_trees_that_say_other_things_are_refused(data: Path) -> None:
    lines = training.gather(read_pages(data) * 20)
    model = training.fit(lines, seed=1)
    table = {"limits": {}, **training.as_table(model)}
    training.check(table, model, lines)
    table["start"] += 1
    with pytest.raises(ValueError, match=r"^the written trees do not score as"):
        training.check(table, model, lines)


def test_the_benchmark_runs_end_to_end(data: Path, tmp_path: Path) -> None:
    arguments = ["--data", str(data), "--output", str(tmp_path)]
    done = CliRunner().invoke(residue.main, arguments)
    assert done.exit_code == 0, done.output
    raw = json.loads((tmp_path / "residue.json").read_text("utf-8"))
    assert set(raw["english"]) == {"the other half", "sources apart"}
    assert set(raw["snippets"]) == {"German"}
    assert raw["english"]["sources apart"]["n_pages"] == 2
    assert raw["signature"] in done.output


@pytest.mark.parametrize("command", [training.main, residue.main])
def test_what_is_missing_is_named(command: Any, tmp_path: Path) -> None:
    done = CliRunner().invoke(command, ["--data", str(tmp_path)])
    assert done.exit_code == 1
    assert "pages.jsonl.xz: is missing; name the folder with --data" in done.output
