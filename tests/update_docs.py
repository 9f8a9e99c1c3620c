"""``python tests/update_docs.py``: write the pages that are made from the code."""

import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # for those who run this file

from bad_input_page import bad_input_page  # noqa: E402
from readme_page import README, readme_page  # noqa: E402

from benchmarks.speed_page import speed_page  # noqa: E402
from mtcheck.rule_page import rules_page  # noqa: E402
from training.card_page import card_page  # noqa: E402

DOCS = ROOT / "docs"

RESULTS = ROOT / "benchmarks" / "results"


def pages() -> dict[Path, str]:
    """Return each page that is made, and what must stand in it."""
    card = json.loads((ROOT / "models" / "base" / "card.json").read_text("utf-8"))
    return {
        DOCS / "bad-input.md": bad_input_page(),
        DOCS / "rules.md": "\n".join(rules_page()) + "\n",
        DOCS / "model.md": "\n".join(card_page(card, RESULTS)) + "\n",
        DOCS / "speed.md": "\n".join(speed_page(RESULTS)) + "\n",
    }


def main() -> None:
    """Write all pages, and the examples of the README."""
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8")
    README.write_text(readme_page(README.read_text("utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
