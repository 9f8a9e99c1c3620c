"""Files that steer a run: settings and baselines."""

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from fuzz.target import Run, Target, read_input
from fuzz.targets.reading import EN
from mtcheck.config import Config, key_of, load
from mtcheck.errors import MtcheckError
from mtcheck.linting import Linter
from mtcheck.linting.baseline import Baseline, read_baseline
from mtcheck.linting.selection import Selection
from mtcheck.types import Document

_TOML = """select = ["MT1", "doubled-word"]
ignore = ["MT103"]
severity = { MT4 = "info" }
format = "jsonl"
jobs = 2
"language" = 'de'
model = \"\"\"base\"\"\"
grammar = "http://127.0.0.1:8081"
baseline = "b.json"
whole-page = true

[per-path."drafts/*"]
ignore = ["MT9"]
language = "de"
severity."MT1" = "error"
"""
_PROJECT = f"[project]\nname = 'x'\n[[a.b]]\n[tool.mtcheck]\n{_TOML}".replace(
    "[per-path", "[tool.mtcheck.per-path"
)
_BASELINE = b'{"findings": {"a.txt": {"MT101:0f": 1}, "-": {}}, "version": 1}'


def _settings(folder: Path) -> Run:
    """Read settings and lint by them; or read a baseline and lint beside it."""
    os.chdir(folder)
    document = Document(EN, "drafts/a.txt", "drafts/a.txt", "en")
    kinds: list[Callable[[bytes], None]] = [
        lambda body: _load(folder, "mtcheck.toml", body, document),
        lambda body: _load(folder, "pyproject.toml", body, document),
        lambda body: _hold(folder / "b.json", body, document),
    ]

    def run(data: bytes) -> None:
        mode, body = read_input(data)
        with suppress(MtcheckError):
            kinds[mode % len(kinds)](body)

    return run


def _load(folder: Path, name: str, body: bytes, document: Document) -> None:
    path = folder / name
    path.write_bytes(body)
    try:
        config = load({}, folder)
    finally:
        path.unlink()
    assert isinstance(config, Config)
    Linter(Selection.of(config)).lint(document)


def _hold(path: Path, body: bytes, document: Document) -> None:
    path.write_bytes(body)
    linter = Linter()
    for is_for_update in (False, True):
        with suppress(MtcheckError):
            held = read_baseline(str(path), is_for_update)
            baseline = Baseline(str(path), held, linter.codes)
            baseline.without_held(linter.lint(document))
            assert baseline.n_found() >= 1
            assert baseline.n_gone() >= 0
            baseline.write()


def _files() -> list[bytes]:
    texts = [_TOML.encode(), _PROJECT.encode(), _BASELINE]
    seeds = [bytes([at]) + text for at, text in enumerate(texts)]
    nested = [
        b"a = \xff[\xff",
        b"\xffa.\xffb = 1",
        b"a = \xff{a = \xff",
        b'\xff["x"]\n\xff',
    ]
    return [*seeds, *(b"\xff" + text for text in nested)]


_KEYS = [key_of(field) for field in Config.__dataclass_fields__.values()]

TARGETS = (
    Target(
        "settings",
        "mtcheck.toml, pyproject.toml and baselines",
        _settings,
        _files,
        [*_KEYS, "[tool.mtcheck]", "[per-path.", '"""', "inf", "nan", "1979-05-27"],
    ),
)
