"""The layers import downwards only, and starting a command stays cheap."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "mtcheck"

LAYERS = (
    (
        "errors",
        "installed",
        "types",
        "plugins",
        "decode",
        "atomic",
        "characters",
        "clock",
        "masks",
        "spreadsheet",
    ),
    ("card", "kenlm_file"),
    ("ngrams",),
    ("schedule", "language_model", "languages", "markup"),
    ("grammar",),
    ("config", "identify", "models", "page", "vocabulary"),
    ("read", "segment"),
    ("residue", "shapes"),
    ("rules", "batch"),
    ("extract",),
    ("classify", "report"),
    ("examined", "excerpt", "marking", "together"),
    ("opened",),
    ("scorer", "explain"),
    ("scoring", "linting", "comparison"),
    ("arrow", "benchmarking", "corpus"),
    ("filtering",),
    ("console", "rule_page"),
    ("datatrove", "estimators", "lsp", "mending", "web"),
    ("cli",),
    ("__main__",),
)
"""A module imports from layers above its own line only; the rest of its own part too.

``report``, ``excerpt`` and ``marking`` are one part: reporters are made of the others.
"""

LEVEL = {name: level for level, names in enumerate(LAYERS) for name in names}
FILES = sorted(path for path in PACKAGE.rglob("*.py"))
HEAVY = {
    "joblib",
    "fsspec",
    "kenlm",
    "lingua",
    "lxml",
    "numpy",
    "pandas",
    "pyarrow",
    "rich",
    "scipy",
    "sklearn",
    "textstat",
    "trafilatura",
}


def part_of(path: Path) -> str:
    """Return the first name below the package: the module or the folder."""
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


def imported(path: Path) -> Iterator[str]:
    """Yield the parts of mtcheck that a file imports, at its top or inside."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}: relative import"
            names = [node.module or ""]
        else:
            continue
        for name in names:
            root, _, rest = name.partition(".")
            assert root not in ("training", "benchmarks", "tests"), path
            if root == "mtcheck" and rest:
                yield rest.split(".")[0]


def test_every_part_has_a_layer() -> None:
    assert {part_of(path) for path in FILES} - {"__init__"} <= set(LEVEL)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_go_down(path: Path) -> None:
    part = part_of(path)
    if part == "__init__":
        return  # The public names come from everywhere, when asked for.
    own = {"report", "excerpt", "marking"} if part == "report" else {part}
    for other in set(imported(path)) - own:
        assert LEVEL[other] < LEVEL[part], f"{part} imports {other}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_only_the_command_line_prints_and_exits(path: Path) -> None:
    if part_of(path) in ("cli", "console", "__main__"):
        return
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id not in ("print", "exit", "quit"), path
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            named = f"{node.value.id}.{node.attr}"
            assert named not in ("sys.exit", "os._exit", "sys.stderr"), path
        if isinstance(node, ast.Name):
            assert node.id != "SystemExit", path


def run_and_list_modules(*arguments: str) -> tuple[str, set[str]]:
    """Run the command line in a new process; return its status and what it imported."""
    code = (
        "import sys; from mtcheck.cli import main; status = main(sys.argv[1:]); "
        "print(status, *sorted(sys.modules), file=sys.stderr)"
    )
    run = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=PACKAGE.parent,
        capture_output=True,
        text=True,
        check=True,
    )
    status, *modules = run.stderr.split()
    return status, set(modules)


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["--version"],
        ["score", "--help"],
        ["lint", "--help"],
        ["compare", "--help"],
        ["filter", "--help"],
        ["benchmark", "--help"],
    ],
    ids=" ".join,
)
def test_help_and_version_import_nothing_heavy(arguments: list[str]) -> None:
    status, modules = run_and_list_modules(*arguments)
    assert status == "0"
    assert HEAVY & modules == set()


def test_linting_imports_no_model_library(tmp_path: Path) -> None:
    path = tmp_path / "text.txt"
    path.write_text("The bell of the old church rang, and the boats left the bay.")
    status, modules = run_and_list_modules("lint", "--no-cache", str(path))
    assert status == "0"
    assert {"fsspec", "numpy", "pyarrow", "sklearn", "kenlm", "rich"} & modules == set()


def test_the_public_names_are_all_there_before_and_after_import() -> None:
    code = (
        "import sys, mtcheck; assert 'numpy' not in sys.modules; "
        "import mtcheck.scoring, mtcheck.linting; "
        "missing = [n for n in mtcheck.__all__ if not hasattr(mtcheck, n)]; "
        "assert not missing, missing; "
        "assert callable(mtcheck.score) and callable(mtcheck.lint); "
        "assert set(mtcheck.__all__) <= set(dir(mtcheck))"
    )
    subprocess.run([sys.executable, "-c", code], cwd=PACKAGE.parent, check=True)


def test_an_unknown_public_name_is_refused() -> None:
    import mtcheck

    message = r"^module 'mtcheck' has no attribute 'lints'$"
    with pytest.raises(AttributeError, match=message):
        mtcheck.lints  # noqa: B018
