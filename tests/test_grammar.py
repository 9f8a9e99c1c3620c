"""Grammar by a real LanguageTool server: places, laws, and a cache."""

import functools
import http.server
import os
import sqlite3
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mtcheck.batch import Batch
from mtcheck.estimators import FeatureExtractor
from mtcheck.extract import Extraction
from mtcheck.grammar import KINDS, OFF_CATEGORIES, kind_of
from mtcheck.grammar.answers import Answers
from mtcheck.grammar.checker import LONGEST, PARCEL, Checker, Service, Unchecked
from mtcheck.grammar.server import look_at, start, stop
from mtcheck.linting import Linter
from mtcheck.linting.selection import Selection
from mtcheck.models import open_model
from mtcheck.rules import Rule, unmark
from mtcheck.rules.grammar import RULES, with_mistakes
from mtcheck.scorer import Scorer
from mtcheck.segment import passages
from mtcheck.types import Document, Finding, Mistake, Span

WRONG = {
    "en": "They have ⟦went⟧ home before the storm.",
    "de": "⟦Wegen dem Sturm⟧ fuhr an diesem Tag keine Fähre.",
}
ENGLISH = [unmark(example)[0] for rule in RULES for example in rule.bad[:1]] + [
    "The ferry leaves at seven.",
    "Two 😀 of them, and he have none 🚢 of it.",
    "A headline without a stop",
    "“We was there,” he said.",
]


@pytest.fixture
def checker(service: Service, tmp_path: Path) -> Checker:
    """Return a checker that has asked nothing yet."""
    return Checker(service, tmp_path / "grammar.sqlite")


def told(checker: Checker, text: str, language: str) -> tuple[Mistake, ...]:
    (found,) = checker.check([text], language)
    assert isinstance(found, tuple), found
    return found


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_the_examples_of_the_rules_hold(rule: Rule, checker: Checker) -> None:
    linter = Linter(checker=checker)
    for language, example in zip(("en", "de"), rule.bad, strict=False):
        text, marked = unmark(example)
        found = linter.lint(Document(text, language=language)).findings
        assert [item.span for item in found if item.code == rule.code] == marked
    for language, example in zip(("en", "de"), rule.good, strict=True):
        assert linter.lint(Document(example, language=language)).findings == ()


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize(
    "before", ["", "😀🚢 𝔉! ", "12\u00a0km. ", "e\u0301te\u0301! ", "\u200b", "\ud83d "]
)
def test_places_count_code_points(before: str, language: str, checker: Checker) -> None:
    text, (marked,) = unmark(before + WRONG[language])
    assert marked in [mistake.span for mistake in told(checker, text, language)]


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(texts=st.lists(st.sampled_from(ENGLISH), max_size=6))
def test_a_text_is_told_the_same_in_any_company(
    texts: list[str], service: Service, tmp_path_factory: pytest.TempPathFactory
) -> None:
    fresh = [
        Checker(service, tmp_path_factory.mktemp("answers") / "a.sqlite") for _ in "ab"
    ]
    together = fresh[0].check(texts, "en")
    assert together == [fresh[1].check([text], "en")[0] for text in texts]


@pytest.mark.parametrize("language", ["en", "de"])
def test_paragraphs_of_the_data_are_told_the_same_in_any_company(
    language: str, service: Service, shared: Path, tmp_path: Path
) -> None:
    from training.data import read_rows

    rows = read_rows(shared / "data", "dev", language)
    texts = [row.text for row in rows[:: len(rows) // 60]]
    together, alone = [Checker(service, tmp_path / name) for name in "ab"]
    found = together.check(texts, language)
    assert found == [alone.check([text], language)[0] for text in texts]
    assert any(found)


def test_several_requests_at_once_change_nothing(
    service: Service, tmp_path: Path
) -> None:
    texts = [f"{text} {number}." for number in range(40) for text in ENGLISH]
    assert sum(map(len, texts)) > 4 * PARCEL
    one, many = [
        Checker(replace(service, n_connections=n), tmp_path / str(n)) for n in (1, 4)
    ]
    assert one.check(texts, "en") == many.check(texts, "en")


def test_spelling_and_typography_are_not_asked(checker: Checker) -> None:
    text = 'The "ferrry" of Skarrow - a wreck - leaves at seven.'
    assert told(checker, text, "en") == ()


def test_what_is_too_long_or_in_another_language_is_not_sent(
    service: Service, checker: Checker
) -> None:
    long, short = checker.check(["word " * LONGEST, "He go home."], "en")
    assert long == Unchecked("over 20,000 characters")
    assert isinstance(short, tuple)
    only = replace(service, languages=frozenset({"en-US"}))
    assert Checker(only).check(["Er geht."], "de") == [
        Unchecked("the server does not know de-DE")
    ]
    assert checker.check([" ", ""], "en") == [(), ()]


# Kinds and features --------------------------------------------------------------


def test_kinds_are_told_by_name_where_the_category_says_little() -> None:
    cases = {
        ("DE_AGREEMENT", "GRAMMAR"): "agreement",
        ("HAVE_PART_AGREEMENT", "GRAMMAR"): "verb_form",
        ("ADVERB_WORD_ORDER", "STYLE"): "word_order",
        ("PHRASE_REPETITION", "GRAMMAR"): "other",
        ("ANYTHING", "A_NEW_CATEGORY"): "other",
    }
    assert {case: kind_of(*case) for case in cases} == cases
    assert {kind_of("X", name) for name in OFF_CATEGORIES} == {"other"}


def test_features_are_rates_by_kind(checker: Checker) -> None:
    text = "He go home. They has went away. " + "The ferry leaves at seven. " * 10
    (passage,) = passages(Document(text, language="en"))
    mistakes = told(checker, text, "en")
    extraction = Extraction(open_model().resources("en"), "en")
    batch = Batch([passage] * 2, [()] * 2, [mistakes, None])
    found, nothing = extraction.measure(batch)
    values = dict(zip(extraction.schema.names, found, strict=True))
    n_words = int(batch.n_words[0])
    every = "grammar.mistakes_per_100_words"
    assert values[every] == pytest.approx(len(mistakes) * 100 / n_words)
    rates = [values[f"grammar.{kind}_per_100_words"] for kind in KINDS]
    assert sum(rates) == pytest.approx(values[every])
    assert values["grammar.agreement_per_100_words"] > 0
    at = extraction.schema.names.index(every)
    assert nothing[at] != nothing[at]
    spans = list(extraction.locate(batch, 0, "grammar.agreement_per_100_words"))
    assert spans[0].of(text) == "go"


def test_a_model_judges_the_same_with_and_without(checker: Checker) -> None:
    """Grammar tells learners from others, not machines; it must not move a verdict."""
    document = Document(" ".join(ENGLISH), language="en")
    model = open_model()
    (bare,) = Scorer(model).score([document])
    (checked,) = Scorer(model).score([document], checker=checker)
    assert checked.verdicts[0].probabilities == bare.verdicts[0].probabilities
    extra = set(checked.verdicts[0].findings) - set(bare.verdicts[0].findings)
    assert {item.code[:4] for item in extra} == {"MT75"}
    assert set(bare.verdicts[0].findings) < set(checked.verdicts[0].findings)


def test_features_without_a_server_are_not_measured() -> None:
    extractor = FeatureExtractor().fit([])
    values = dict(
        zip(
            extractor.get_feature_names_out(),
            extractor.transform(["He go home by the sea."])[0],
            strict=True,
        )
    )
    grammar = [value for name, value in values.items() if name.startswith("grammar.")]
    assert len(grammar) == len(KINDS) + 1
    assert all(value != value for value in grammar)


# Findings ------------------------------------------------------------------------


def test_a_defect_is_told_once() -> None:
    (passage,) = passages(Document("He go home . She went.", language="en"))
    stop_ = Finding("MT102", "space-before-punctuation", "error", Span(10, 12), "")
    mistakes = [
        Mistake("HE_VERB_AGR", "agreement", Span(3, 5), "go?"),
        Mistake("SPACE", "punctuation", Span(11, 12), "space?"),
    ]
    first, second = with_mistakes([stop_], mistakes, passage)
    assert (first.code, first.span, first.paragraph) == ("MT751", Span(3, 5), 0)
    assert first.message == "words that do not agree: go? [HE_VERB_AGR]"
    assert second is stop_


def test_rules_can_be_ignored_and_offsets_are_of_the_file(checker: Checker) -> None:
    text = "# Ships\n\nThe *ferry* sails.\n\nShe have [sold](a.html) the boat.\n"
    document = Document(text, "a.md", "a.md", "en")
    (found,) = Linter(checker=checker).lint(document).findings
    assert (found.code, found.span.of(text)) == ("MT751", "have")
    ignored = Linter(Selection(ignore=["MT751"]), checker=checker)
    assert ignored.lint(document).findings == ()
    louder = Linter(Selection(severity={"MT75": "error"}), checker=checker)
    assert louder.lint(document).findings[0].severity == "error"


def test_a_suppression_of_grammar_is_used(checker: Checker) -> None:
    text = "She have sold it. <!-- mtcheck: ignore MT751 -- a quotation -->\n"
    document = Document(text, "a.md", "a.md", "en")
    assert Linter(checker=checker).lint(document).findings == ()
    # Without a server nobody looked, so it is not said to be unused.
    assert Linter().lint(document).findings == ()


# The cache -----------------------------------------------------------------------


def test_no_text_is_asked_about_twice(service: Service, tmp_path: Path) -> None:
    path = tmp_path / "grammar.sqlite"
    first = Checker(service, path).check(ENGLISH, "en")
    gone = replace(service, url="http://127.0.0.1:9")
    assert Checker(gone, path).check(ENGLISH, "en") == first
    newer = replace(gone, version="99.0")
    again = Checker(newer, path).check(ENGLISH, "en")
    assert all(isinstance(item, Unchecked) for item in again)


@pytest.mark.parametrize("content", [b"", b"no database", b"SQLite format 3\0" * 99])
def test_a_damaged_cache_costs_nothing_but_time(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "grammar.sqlite"
    path.write_bytes(content)
    answers = Answers(path)
    answers.put({b"key": [["A", "B", 0, 1, "c"]]})
    assert answers.get([b"key", b"other"]) == {b"key": [["A", "B", 0, 1, "c"]]}


def test_a_cache_that_cannot_be_written_is_done_without(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    answers = Answers(tmp_path / "file" / "grammar.sqlite")
    answers.put({b"key": []})
    assert answers.get([b"key"]) == {}
    answers.close()


def test_a_cache_that_is_locked_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mtcheck.grammar.answers.PATIENCE", 0.1)
    path = tmp_path / "grammar.sqlite"
    with sqlite3.connect(path, isolation_level=None) as other:
        other.execute("CREATE TABLE answers (key BLOB UNIQUE, answer TEXT)")
        other.execute("BEGIN EXCLUSIVE")
        other.execute("INSERT INTO answers VALUES (?, '[1]')", [b"key"])
        answers = Answers(path)
        answers.put({b"another": []})
        assert answers.get([b"key", b"another"]) == {}
        other.execute("COMMIT")
    other.close()
    assert Answers(path).get([b"key"]) == {b"key": [1]}


def test_what_a_damaged_cache_leaves_beside_it_goes_with_it(tmp_path: Path) -> None:
    path = tmp_path / "grammar.sqlite"
    log, index = (tmp_path / f"grammar.sqlite-{name}" for name in ("wal", "shm"))
    for left in (path, log, index):
        left.write_bytes(b"no database" * 9)
    answers = Answers(path)
    answers.put({b"key": []})
    assert answers.get([b"key"]) == {b"key": []}
    assert b"no database" not in log.read_bytes() + index.read_bytes()


def test_processes_share_a_cache(tmp_path: Path) -> None:
    def write(path: Path, number: int) -> None:
        answers = Answers(path)
        for at in range(20):
            answers.put({f"{number} {at}".encode(): [number, at]})
        answers.close()

    keys = [f"{number} {at}".encode() for number in range(8) for at in range(20)]
    with ThreadPoolExecutor(8) as pool:
        for time in range(20):  # all open a file that is not there yet
            path = tmp_path / f"{time}.sqlite"
            list(pool.map(write, [path] * 8, range(8)))
            assert len(Answers(path).get(keys * 5)) == len(keys)


def test_a_full_cache_lets_the_oldest_answers_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "grammar.sqlite"
    answers = Answers(path)
    keys = [f"{at}".encode() for at in range(200)]
    for key in keys:
        answers.put({key: ["x" * 2000]})
    answers.close()
    monkeypatch.setattr("mtcheck.grammar.answers.LARGEST", 2**16)
    left = Answers(path).get(keys)
    assert 0 < len(left) < 200
    assert keys[-1] in left
    assert keys[0] not in left


def test_an_answer_is_kept_once(tmp_path: Path) -> None:
    path = tmp_path / "grammar.sqlite"
    for _ in "ab":
        answers = Answers(path)
        answers.put({b"key": []})
        answers.close()
    with sqlite3.connect(path) as file:
        assert file.execute("SELECT count(*) FROM answers").fetchone() == (1,)
    file.close()


# The package that fetches LanguageTool -------------------------------------------


@pytest.fixture
def served(
    tmp_path: Path, jars: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    """Serve a download of LanguageTool, made of the jars, to language-tool-python."""
    site, home = tmp_path / "site", tmp_path / "home"
    site.mkdir()
    with zipfile.ZipFile(site / "LanguageTool-6.8.zip", "w") as archive:
        for path in sorted(jars.glob("*.jar")):
            is_server = path.name.startswith("languagetool-server")
            name = "languagetool-server.jar" if is_server else f"libs/{path.name}"
            archive.write(path, f"LanguageTool-6.8/{name}")

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    handler = functools.partial(Quiet, directory=str(site))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_address[1]}/"
        for name in ("NEW_RELEASES", "RELEASE", "ARCHIVE", "SNAPSHOT"):
            monkeypatch.setenv(f"LTP_DOWNLOAD_HOST_{name}", url)
        monkeypatch.setenv("LTP_BYPASS_VERIFIED_DOWNLOADS", "true")
        monkeypatch.setenv("LTP_PATH", str(home))
        monkeypatch.delenv("MTCHECK_LANGUAGETOOL", raising=False)
        yield home
        server.shutdown()


def test_language_tool_python_fetches_it_once(served: Path) -> None:
    pytest.importorskip("language_tool_python")
    # A process of its own: the package reads its settings when it is imported.
    code = (
        "from mtcheck.grammar.download import downloaded\n"
        "import warnings; warnings.simplefilter('ignore')\n"
        "print(*[downloaded(print) for _ in 'ab'], sep='\\n')"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    said, first, second = run.stdout.splitlines()
    assert said.startswith("downloading LanguageTool 6.")
    assert first == second
    assert Path(first).is_relative_to(served)
    os.environ["MTCHECK_LANGUAGETOOL"] = first
    try:
        process, url = start(print)
        try:
            assert look_at(url).version
        finally:
            stop(process)
    finally:
        del os.environ["MTCHECK_LANGUAGETOOL"]
