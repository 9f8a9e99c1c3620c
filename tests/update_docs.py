"""``python tests/update_docs.py``: write the pages that are made from the code."""

from pathlib import Path

from mtcheck.rule_page import rules_page

DOCS = Path(__file__).resolve().parent.parent / "docs"


def pages() -> dict[Path, str]:
    """Return each page that is made, and what must stand in it."""
    return {DOCS / "rules.md": "\n".join(rules_page()) + "\n"}


def main() -> None:
    """Write all pages."""
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
