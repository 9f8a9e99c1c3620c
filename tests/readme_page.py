"""The examples of the README, as the program prints them now."""

import json
import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent

README = ROOT / "README.md"

SEED = "seeds/en/quarry_translated_back.txt"


def block(readme: str, kind: str) -> str:
    """Return the one fenced block of a kind."""
    (found,) = re.findall(rf"^```{kind}\n(.*?)^```$", readme, re.DOTALL | re.MULTILINE)
    return str(found)


def readme_page(readme: str) -> str:
    """Return the README with what the program prints now in its examples.

    Which paragraphs and commands these show is up to the README.
    """
    for kind, renewed in (("text", _score), ("json", _line), ("console", _commands)):
        shown = block(readme, kind)
        readme = readme.replace(shown, renewed(shown))
    return readme


def _score(shown: str) -> str:
    """Return the summary, and the paragraphs whose places were shown."""
    summary, *paragraphs = re.split(rf"\n\n(?={SEED})", _run("score", SEED).rstrip())
    chosen = re.findall(r"^\S+:\d+ ", shown, re.MULTILINE)
    kept = [one for one in paragraphs if one.startswith(tuple(chosen))]
    return "\n\n".join([summary, *kept]) + "\n"


def _line(shown: str) -> str:
    """Return the verdict on the paragraph that was shown, a field a line."""
    lines = _run("score", SEED, "--format", "jsonl").splitlines()
    verdict = _rounded(json.loads(lines[json.loads(shown)["paragraph"]]))
    joint = ",\n" + " " * len(' "reasons": [')
    verdict["reasons"] = [*map(_compact, verdict["reasons"])]
    fields = [
        f"{_compact(key)}: "
        + (f"[{joint.join(value)}]" if key == "reasons" else _compact(value))
        for key, value in verdict.items()
    ]
    return "{" + ",\n ".join(fields) + "}\n"


def _commands(shown: str) -> str:
    """Return the commands that were shown, each with what it prints."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "seeds").symlink_to(ROOT / "seeds")
        commands = [part.partition("\n")[0] for part in shown.split("$ ")[1:]]
        return "".join(
            f"$ {command}\n{_run(*shlex.split(command)[1:], folder=folder)}"
            for command in commands
        )


def _run(*arguments: str, folder: str | Path = ROOT) -> str:
    """Return what ``mtcheck`` prints, what it says of its work behind it."""
    command = [sys.executable, "-m", "mtcheck", *arguments]
    found = subprocess.run(
        command, cwd=folder, capture_output=True, encoding="utf-8", check=True
    )
    return found.stdout + found.stderr


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _rounded(value: Any) -> Any:
    """Return a JSON value with its numbers as the README shows them."""
    if isinstance(value, float):
        return round(value, 3)
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    return [*map(_rounded, value)] if isinstance(value, list) else value
