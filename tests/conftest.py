"""What several test files need: a model to damage, and the project's data."""

import json
import os
import shutil
import signal
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

import pytest

from mtcheck.grammar.checker import Service
from mtcheck.grammar.server import FOLDER, look_at, start, stop

ROOT = Path(__file__).resolve().parent.parent
BASE = ROOT / "models" / "base"

Change = Callable[[dict[str, Any]], object]


def lacking(reason: str) -> NoReturn:
    """Skip what cannot be tried here; fail where all parts were promised."""
    promised = os.environ.get("MTCHECK_REQUIRE") or os.environ.get("CI") == "true"
    (pytest.fail if promised else pytest.skip)(reason)


def needed(name: str) -> Any:
    """Return a module that the command of the README does not install."""
    try:
        return import_module(name)
    except ImportError as error:
        lacking(str(error))


def put_model(folder: Path, *languages: str) -> Path:
    """Put links to the files of the shipped model, and its card, into a folder."""
    card = json.loads((BASE / "card.json").read_text(encoding="utf-8"))
    for name in card["files"]:
        if name.split("/")[0] in languages:
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                os.link(BASE / name, path)
            except OSError:  # another file system
                path.write_bytes((BASE / name).read_bytes())
    card["files"] = {
        name: entry
        for name, entry in card["files"].items()
        if name.split("/")[0] in languages
    }
    card["languages"] = list(languages)
    (folder / "card.json").write_text(json.dumps(card), encoding="utf-8")
    return folder


@pytest.fixture(scope="session", autouse=True)
def tidy() -> Iterator[None]:
    """See to it that no test leaves a cache in the repository."""
    folder = ROOT / ".mtcheck_cache"
    was_there = folder.exists()
    yield
    assert was_there or not folder.exists()


@pytest.fixture(scope="session", autouse=True)
def interruptible() -> Iterator[None]:
    """Let programs be interrupted, also where the suite runs in the background.

    There a shell has Ctrl-C ignored, and what the tests start would inherit that.
    """
    previous = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, previous)


@pytest.fixture
def english(tmp_path: Path) -> Path:
    """Return a copy of the shipped model that knows English only."""
    folder = tmp_path / "english"
    folder.mkdir()
    return put_model(folder, "en")


@pytest.fixture(scope="session")
def jars() -> Path:
    """Return the folder of LanguageTool's jars; a test without it is skipped."""
    folder = os.environ.get(FOLDER)
    if folder is None:
        lacking(f"no LanguageTool: {FOLDER} names no folder with its jars")
    if shutil.which("java") is None:
        lacking("no Java to run LanguageTool")
    return Path(folder)


@pytest.fixture(scope="session")
def service(jars: Path) -> Iterator[Service]:
    """Return a LanguageTool server that is started for the session."""
    process, url = start(print)
    yield look_at(url)
    stop(process)


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the folder of the project's data; a test without it is skipped."""
    folder = Path(os.environ.get("MTCHECK_SHARED", ROOT.parent / "shared"))
    if not (folder / "data").is_dir():
        pytest.skip(f"{folder / 'data'} is not there; name it with MTCHECK_SHARED")
    return folder
