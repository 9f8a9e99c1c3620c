"""Findings come out as each program wants them, whatever stands in texts and names."""

import json
import os
import re
import shutil
import subprocess
import urllib.parse
from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mtcheck import __version__
from mtcheck.cli import main
from mtcheck.errors import InputError
from mtcheck.linting import Linted, Linter
from mtcheck.linting.formats import format_of, formats
from mtcheck.report import Lines, Screen
from mtcheck.rules import all_rules
from mtcheck.types import Document, Finding, Severity, Span

MULTITOOL = "@microsoft/sarif-multitool@5.7.0"
TEXT = "The ferry was late. . Nobody minded.\r\n\r\n𝔗he bell rang .\nAll went home.\n"
PLAIN = Screen()
LOST = InputError("lost\n::error::.txt", 'is "gone" & <away>\x00; 100%')
HOSTILE = (
    'it\'s "100%": a,b\r\n::error file=x::boo]]> <b>&\x1b[31m\x00\ufffe {0} [a](1)'
)


def found(
    span: Span, message: str = HOSTILE, code: str = "MT101", **more: Any
) -> Finding:
    (rule,) = (rule for rule in all_rules() if rule.code == code)
    return Finding(rule.code, rule.name, rule.severity, span, message, **more)


def linted(text: str, path: str | None = "a b/ä,x:1%.txt", **more: Any) -> Linted:
    """Return the text with what is found in it, as the linter would."""
    document = Document(text, path or "-", path, "en", **more)
    return Linter().lint(document)


def render(name: str, *results: Linted | InputError, screen: Screen = PLAIN) -> str:
    return "\n".join(format_of(name).render(results, screen)) + "\n"


def everything() -> tuple[Linted | InputError, ...]:
    """Return results with all that could trip a format."""
    odd = Document(TEXT, "bad\udcff\n\x1b,:.txt", "bad\udcff\n\x1b,:.txt")
    whole = Span(0, len(TEXT))
    return (
        linted(TEXT),
        LOST,
        Linted(odd, (found(Span(19, 42), paragraph=0), found(whole, fix="\x01 𝔗\n"))),
        linted("All is well here.", "clean.txt"),
        linted(TEXT, "corpus.jsonl", line=7),
        linted(TEXT, None),
        linted(TEXT, "../outside/a.txt"),
    )


def test_every_format_is_named_as_its_file() -> None:
    assert list(formats()) == ["github", "json", "junit", "sarif", "text"]
    assert all(format_of(name) is item for name, item in formats().items())


@pytest.mark.parametrize("name", formats())
def test_a_format_writes_as_the_results_come(name: str) -> None:
    def results() -> Iterable[Linted | InputError]:
        yield linted(TEXT)
        yield linted(TEXT, "b.txt")
        pytest.fail("more was read than is needed for the first finding")

    for line in format_of(name).render(results(), PLAIN):
        if "orphan-full-stop" in line and "tool" not in line:
            break


# text ----------------------------------------------------------------------------


def test_text_shows_the_marked_line_below_a_line_that_can_be_searched() -> None:
    assert render("text", linted(TEXT, "a.txt")) == (
        "a.txt:1:20: MT101 a full stop stands alone after the end of a sentence: ' .' "
        "[orphan-full-stop]\n"
        "  |\n"
        "1 | The ferry was late. . Nobody minded.\n"
        "  |                    ^^\n"
        "\n"
        "a.txt:3:14: MT102 a space stands before the mark: ' .' "
        "[space-before-punctuation]\n"
        "  |\n"
        "3 | 𝔗he bell rang .\n"
        "  |              ^^\n"
        "\n"
    )


def excerpt(text: str, span: Span, screen: Screen = PLAIN) -> list[str]:
    shown = Linted(Document(text, "a"), (found(span),))
    return render("text", shown, screen=screen).splitlines()[1:-1]


def test_a_long_line_is_cut_around_the_mark() -> None:
    text = f"First.\n{'left ' * 40}HERE{' right' * 40}\nLast."
    at = text.index("HERE")
    _, line, carets = excerpt(text, Span(at, at + 4), Screen(width=40))
    assert line.startswith("2 | …")
    assert line.endswith("…")
    assert len(line) <= 40
    assert line[carets.index("^") : carets.rindex("^") + 1] == "HERE"
    _, line, _ = excerpt(text, Span(at, at + 4), Screen(width=40, has_unicode=False))
    assert line.isascii()


def test_of_a_long_stretch_the_ends_are_shown() -> None:
    text = "one\ntwo\nthree\nfour"
    assert excerpt(text, Span(1, len(text) - 1)) == [
        "  |", "1 | one", "  |  ^^", "…", "4 | four", "  | ^^^"
    ]  # fmt: skip
    assert excerpt(text, Span(0, 5))[1:] == ["1 | one", "  | ^^^", "2 | two", "  | ^"]


def test_what_cannot_be_seen_gets_a_caret() -> None:
    text = "It rang\n\nNobody\u0301 came"
    at = text.index("\u0301")
    assert excerpt(text, Span(7, 8))[1:] == ["1 | It rang", "  |        ^"]
    assert excerpt(text, Span(at, at + 1))[2] == "  |       ^"
    assert excerpt("", Span(0, 0)) == ["  |", "1 |", "  | ^"]


def test_a_terminal_gets_colours_and_the_same_words() -> None:
    plain = render("text", linted(TEXT))
    screen = Screen(is_terminal=True, has_colour=True)
    coloured = render("text", linted(TEXT), screen=screen)
    assert "\x1b[1;31m^^\x1b[0m" in coloured
    assert re.sub(r"\x1b\[[\d;]*m", "", coloured) == plain


def test_text_cannot_steer_a_terminal() -> None:
    shown = render("text", *everything())
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff]", shown)


# json ----------------------------------------------------------------------------

SCHEMA = json.loads(
    files("mtcheck.linting.formats").joinpath("findings.schema.json").read_bytes()
)


def from_json(item: dict[str, Any]) -> Finding:
    fix = item["fix"]
    if fix is not None:
        assert (fix["start"], fix["end"]) == (item["start"], item["end"])
    return Finding(
        item["code"],
        item["name"],
        item["severity"],
        Span(item["start"], item["end"]),
        item["message"],
        fix and fix["text"],
        item["paragraph"],
    )


def test_the_schema_is_itself_valid_and_strict_about_what_it_promises() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    item = json.loads(render("json", linted(TEXT)))["findings"][0]
    finding = SCHEMA["$defs"]["finding"]
    assert set(finding["required"]) == set(finding["properties"]) == set(item)


def test_json_is_as_its_schema_says() -> None:
    shown = json.loads(render("json", *everything()))
    jsonschema.validate(shown, SCHEMA)
    assert shown["mtcheck"] == __version__
    assert shown["lost"] == [{"place": LOST.place, "problem": LOST.problem}]
    paths = [item["path"] for item in shown["findings"]]
    assert list(dict.fromkeys(paths)) == [
        "a b/ä,x:1%.txt", "bad\udcff\n\x1b,:.txt", "corpus.jsonl", None,
        "../outside/a.txt",
    ]  # fmt: skip


def test_json_without_findings_is_as_its_schema_says() -> None:
    shown = json.loads(render("json", linted("All is well here.")))
    jsonschema.validate(shown, SCHEMA)
    assert shown["findings"] == shown["lost"] == []


WORDS = st.text('a𝔗\n"\\\x00\u2028\ud800', max_size=8)
TEXTS = st.lists(st.sampled_from(["a", ". .", "\n", "\r\n", "\r", "𝔗", "ä", " "]))


@st.composite
def any_linted(draw: st.DrawFn) -> Linted:
    text = draw(TEXTS.map("".join))
    edges = st.tuples(*[st.integers(0, len(text))] * 2).map(sorted)
    spans = draw(st.lists(edges.map(lambda pair: Span(*pair)), max_size=5))
    severities: st.SearchStrategy[Severity] = st.sampled_from(
        ["error", "warning", "info"]
    )
    findings = [
        Finding(
            "MT101",
            "orphan-full-stop",
            draw(severities),
            span,
            draw(WORDS),
            draw(st.none() | WORDS),
            draw(st.none() | st.integers(0, 9)),
        )
        for span in spans
    ]
    return Linted(Document(text, "a", draw(st.sampled_from(["a", None]))), (*findings,))


@given(st.lists(any_linted(), max_size=3))
def test_the_same_findings_come_back_from_json(results: list[Linted]) -> None:
    shown = json.loads(render("json", *results))
    jsonschema.validate(shown, SCHEMA)
    assert [from_json(item) for item in shown["findings"]] == [
        finding for result in results for finding in result.findings
    ]


@given(any_linted())
def test_lines_and_columns_lead_back_to_the_offsets(result: Linted) -> None:
    starts = Lines(result.document.text)
    for item in json.loads(render("json", result))["findings"]:
        assert starts.start(item["line"]) + item["column"] - 1 == item["start"]
        assert starts.start(item["end_line"]) + item["end_column"] - 1 == item["end"]


# sarif ---------------------------------------------------------------------------


def sarif(*results: Linted | InputError) -> dict[str, Any]:
    (run,) = json.loads(render("sarif", *results))["runs"]
    found: dict[str, Any] = run
    return found


def test_sarif_tells_place_rule_and_fix() -> None:
    run = sarif(linted(TEXT, "texts/a b,ä.txt"))
    first, second = run["results"]
    (place,) = second["locations"]
    assert place["physicalLocation"] == {
        "artifactLocation": {
            "uri": "texts/a%20b%2C%C3%A4.txt",
            "uriBaseId": "%SRCROOT%",
        },
        "region": {
            "startLine": 3,
            "startColumn": 14,
            "endLine": 3,
            "endColumn": 16,
            "charOffset": 53,
            "charLength": 2,
        },
    }
    assert second["fixes"][0]["artifactChanges"][0]["replacements"] == [
        {
            "deletedRegion": place["physicalLocation"]["region"],
            "insertedContent": {"text": "."},
        }
    ]
    rules = run["tool"]["driver"]["rules"]
    assert rules[first["ruleIndex"]]["id"] == first["ruleId"] == "MT101"
    assert [rule["id"] for rule in rules] == [rule.code for rule in all_rules()]
    assert run["columnKind"] == "unicodeCodePoints"
    assert run["invocations"] == [{"executionSuccessful": True}]


def test_sarif_tells_what_was_lost() -> None:
    (invocation,) = sarif(LOST)["invocations"]
    assert invocation == {
        "executionSuccessful": False,
        "toolExecutionNotifications": [
            {"level": "error", "message": {"text": str(LOST)}}
        ],
    }


def test_sarif_keeps_an_address_as_it_is() -> None:
    (first, *_) = sarif(linted(TEXT, "s3://texts/a b.txt"))["results"]
    place = first["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": "s3://texts/a%20b.txt"}


def test_sarif_shows_the_line_of_a_record_in_its_file() -> None:
    result = sarif(linted(TEXT, "c.jsonl", line=7))["results"][0]
    place = result["locations"][0]
    assert place["physicalLocation"]["region"] == {"startLine": 7}
    assert place["logicalLocations"][0]["fullyQualifiedName"] == "c.jsonl:1:20"
    assert "fixes" not in result


def test_a_name_that_is_no_text_is_spelled_by_its_bytes() -> None:
    odd = Linted(Document("a", "\udcff"), (found(Span(0, 1)),))
    named = Linted(Document("a", "\udcff", "x\udcff.txt"), odd.findings)
    (result,) = sarif(named)["results"]
    uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert urllib.parse.unquote_to_bytes(uri) == b"x\xff.txt"


def test_the_fingerprint_of_sarif_is_that_of_json() -> None:
    prints = [
        item["partialFingerprints"]["mtcheck/v1"]
        for item in sarif(linted(TEXT))["results"]
    ]
    shown = json.loads(render("json", linted(TEXT)))["findings"]
    assert prints == [item["fingerprint"] for item in shown]


@pytest.fixture(scope="session")
def multitool(pytestconfig: pytest.Config) -> Path:
    """Return Microsoft's validator; it holds the schema of the standard."""
    assert pytestconfig.cache
    folder = pytestconfig.cache.mkdir("sarif-multitool-5.7.0")
    program = folder / "node_modules/@microsoft/sarif-multitool-linux/Sarif.Multitool"
    npm = shutil.which("npm")
    if npm and not program.exists():
        install = [npm, "install", "--no-audit", "--no-fund", "--ignore-scripts"]
        subprocess.run(
            [*install, "--prefix", str(folder), MULTITOOL],
            capture_output=True,
            timeout=300,
        )
    if not program.exists():
        reason = f"{MULTITOOL} cannot be installed with npm"
        if os.environ.get("MTCHECK_REQUIRE") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    program.chmod(0o755)
    return program


def problems(multitool: Path, log: Path) -> list[str]:
    """Return what the validator complains about, as ``level rule: message``."""
    run = subprocess.run(
        [multitool, "validate", log],
        env={**os.environ, "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1"},
        capture_output=True,
        text=True,
    )
    assert "Analysis completed successfully" in run.stdout, run.stdout + run.stderr
    return re.findall(r": ((?:error|warning|note) .*)", run.stdout)


def test_the_validator_of_sarif_has_nothing_to_say_but_of_a_missing_home_page(
    multitool: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "odd\x1b .txt").write_text(TEXT, encoding="utf-8")
    main(["lint", "--format", "sarif", "--output", "cli.sarif", ".", "no.txt"])
    log = "".join(
        f"{line}\n" for line in format_of("sarif").render(everything(), Screen())
    )
    Path("all.sarif").write_text(log, encoding="utf-8", errors="backslashreplace")
    for name in ("cli.sarif", "all.sarif"):
        told = problems(multitool, tmp_path / name)
        assert [line for line in told if "SARIF2005" not in line] == []


def test_the_validator_of_sarif_sees_what_is_wrong(
    multitool: Path, tmp_path: Path
) -> None:
    log = tmp_path / "bad.sarif"
    log.write_text(render("sarif", linted(TEXT)).replace('"message"', '"massage"'))
    assert any("JSON1" in line for line in problems(multitool, log))


# github --------------------------------------------------------------------------


def test_github_gets_a_command_for_each_finding() -> None:
    assert render("github", linted(TEXT, "a b,c:d%.txt")).splitlines()[0] == (
        "::error file=a b%2Cc%3Ad%25.txt,line=1,endLine=1,col=20,endColumn=22,"
        "title=MT101 orphan-full-stop"
        "::a full stop stands alone after the end of a sentence: ' .'"
    )


def test_github_gets_no_columns_for_more_than_one_line() -> None:
    result = Linted(Document(TEXT, "a", "a"), (found(Span(19, 45), "odd"),))
    assert render("github", result) == (
        "::error file=a,line=1,endLine=3,title=MT101 orphan-full-stop::odd\n"
    )


def test_github_gets_the_line_of_a_record_and_no_file_for_standard_input() -> None:
    lines = render("github", linted(TEXT, "c.jsonl", line=7), linted(TEXT, None))
    assert (
        "::error file=c.jsonl,line=7,title=MT101 orphan-full-stop::c.jsonl:1:20: "
        in (lines)
    )
    assert "::error title=MT101 orphan-full-stop::-:1:20: " in lines


def test_github_calls_an_info_a_notice() -> None:
    result = Linted(Document("a", "a", "a"), (found(Span(0, 1), "odd", "MT702"),))
    assert render("github", result).startswith("::notice ")


COMMAND = re.compile(r"::(error|warning|notice)( [^:]*)?::(.*)")
PROPERTY = re.compile(r"(file|line|endLine|col|endColumn|title)=([^,:\r\n]*)")


def test_nothing_in_a_text_or_a_name_gives_another_command() -> None:
    lines = render("github", *everything()).split("\n")[:-1]
    n_results = sum(
        1 if isinstance(item, InputError) else len(item.findings)
        for item in everything()
    )
    assert len(lines) == n_results
    for line in lines:
        command = COMMAND.fullmatch(line)
        assert command, line
        for part in (command[2] or " ").strip().split(","):
            assert PROPERTY.fullmatch(part), part
        for value in command.groups():
            assert not re.search(r"%(?!25|0A|0D|3A|2C)", value or "")


# junit ---------------------------------------------------------------------------


def test_junit_has_a_suite_for_each_file() -> None:
    root = ET.fromstring(render("junit", *everything()).encode("utf-8", "replace"))
    suites = [(suite.get("name"), suite.get("failures")) for suite in root]
    assert suites == [
        ("a b/ä,x:1%.txt", "2"),
        ("lost ::error::.txt", "0"),
        ("bad� ␛,:.txt", "2"),
        ("clean.txt", "0"),
        ("corpus.jsonl", "2"),
        ("-", "2"),
        ("../outside/a.txt", "2"),
    ]
    for suite in root:
        assert int(suite.get("tests", "")) == len(suite) > 0
    assert root[1].get("errors") == "1"
    assert root[1].find("testcase/error") is not None
    assert [len(case) for case in root[3]] == [0]


def test_junit_tells_place_code_and_message() -> None:
    (suite,) = ET.fromstring(render("junit", linted(TEXT, "a.txt")))
    assert suite[0].attrib == {
        "classname": "a.txt",
        "name": "MT101 orphan-full-stop 1:20",
        "file": "a.txt",
        "line": "1",
    }
    assert suite[0][0].attrib == {
        "type": "MT101",
        "message": "a full stop stands alone after the end of a sentence: ' .'",
    }
    assert str(suite[0][0].text).startswith("a.txt:1:20: MT101 a full stop")


def test_the_records_of_a_file_are_one_suite_and_pass_as_one_test() -> None:
    clean = linted("All is well here.", "c.jsonl", line=1)
    (suite,) = ET.fromstring(render("junit", clean, clean))
    assert [len(case) for case in suite] == [0]
    (suite,) = ET.fromstring(render("junit", clean, linted(TEXT, "c.jsonl", line=2)))
    assert [case.get("name") for case in suite] == [
        "MT101 orphan-full-stop c.jsonl:1:20",
        "MT102 space-before-punctuation c.jsonl:3:14",
    ]
