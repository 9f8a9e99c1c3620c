"""The pages say what the code says, and no link leads nowhere."""

import re
from pathlib import Path

import pytest
from update_docs import pages

from mtcheck.rules import all_rules

ROOT = Path(__file__).resolve().parent.parent
WRITTEN = [*ROOT.glob("*.md")]
PAGES = [*WRITTEN, *sorted((ROOT / "docs").rglob("*.md"))]

CODE = re.compile(r"^(`{3,})[^`\n]*\n.*?^\1\n|`[^`\n]+`", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\]\(([^()\s]+)\)|^\[[^\]]+\]:\s*(\S+)", re.MULTILINE)
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


def anchors(path: Path) -> set[str]:
    """Return what a link may name of a page, as forges make it of the headings."""
    headings = HEADING.findall(CODE.sub("", path.read_text("utf-8")))
    words = [re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings]
    return {heading.replace(" ", "-") for heading in words}


@pytest.mark.parametrize("path", pages(), ids=lambda path: str(path.name))
def test_what_is_made_is_up_to_date(path: Path) -> None:
    hint = f"{path.name} is out of date; run python tests/update_docs.py"
    assert path.read_text("utf-8") == pages()[path], hint


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_relative_link_leads_somewhere(path: Path) -> None:
    for found in LINK.findall(CODE.sub("", path.read_text("utf-8"))):
        link = next(filter(None, found))
        if re.match(r"[a-z][a-z+.-]*:", link):
            continue
        name, _, anchor = link.partition("#")
        target = (path.parent / name).resolve() if name else path
        assert target.exists(), f"{path.name}: {link}"
        assert target.is_relative_to(ROOT), f"{path.name}: {link}"
        if anchor:
            assert anchor in anchors(target), f"{path.name}: {link}"


def test_the_page_of_rules_has_every_rule_and_every_example() -> None:
    (page,) = [text for path, text in pages().items() if path.name == "rules.md"]
    for rule in all_rules():
        assert page.count(f"\n### {rule.code} {rule.name}\n") == 1
        section = page.split(f"\n### {rule.code} {rule.name}\n")[1].split("\n## ")[0]
        for example in (*rule.bad, *rule.good):
            if example.isprintable():
                assert f"\n{example}\n" in section
