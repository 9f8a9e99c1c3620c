"""The hook really runs under pre-commit, and the steps of the action in a shell."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import ROOT, lacking

from mtcheck.read import READERS

BAD = "He met the president. . They spoke for an hour.\n"
GOOD = "He met the president. They spoke for an hour.\n"

MANIFEST = ROOT / ".pre-commit-hooks.yaml"
ACTION = ROOT / "action.yml"

INSTALLING = {
    "PIP_CONSTRAINT": str(ROOT / ".ci" / "constraints.txt"),
    # Most of the time goes into compiling what is imported once or never.
    "PIP_NO_COMPILE": "1",
}


def run(*words: object, **options: Any) -> subprocess.CompletedProcess[str]:
    """Run a program and keep what it writes, both streams together."""
    return subprocess.run(
        [*map(str, words)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        **options,
    )


# pre-commit ----------------------------------------------------------------------


@pytest.fixture(scope="session")
def tried(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[int, str]]:
    """Try the hook on a good and on a bad repository, side by side: each installs."""
    if not (shutil.which("git") and (ROOT / ".git").exists()):
        lacking("no git, or no repository for pre-commit to clone")
    files = {
        "good": {"a.md": GOOD, "b.txt": GOOD, "LICENSE": BAD, "c.py": f"# {BAD}"},
        "bad": {"a.md": GOOD, "in/b.txt": BAD, "c.HTML": f"<p>{BAD}</p>"},
    }
    running = {}
    for name, texts in files.items():
        folder = tmp_path_factory.mktemp(name)
        for path, text in texts.items():
            (folder / path).parent.mkdir(exist_ok=True)
            (folder / path).write_text(text)
        run("git", "init", cwd=folder, check=True)
        run("git", "add", ".", cwd=folder, check=True)
        words = [sys.executable, "-m", "pre_commit", "try-repo", "--all-files"]
        running[name] = subprocess.Popen(
            [*words, "--color=never", ROOT, "mtcheck"],
            cwd=folder,
            env=os.environ | INSTALLING,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
    done = {}
    for name, process in running.items():
        output = process.communicate()[0]
        if "(from versions: none)" in output:
            lacking("there is no index to install the hook's dependencies from")
        done[name] = process.returncode, output
    return done


def test_the_hook_passes_good_files(tried: Mapping[str, tuple[int, str]]) -> None:
    status, output = tried["good"]
    assert re.search(r"^mtcheck\.+Passed$", output, re.MULTILINE), output
    assert status == 0


def test_the_hook_fails_bad_files_and_names_them(
    tried: Mapping[str, tuple[int, str]],
) -> None:
    status, output = tried["bad"]
    assert re.search(r"^mtcheck\.+Failed$", output, re.MULTILINE), output
    assert status == 1
    places = re.findall(r"^(\S+):\d+:\d+: (MT\d+) ", output, re.MULTILINE)
    assert sorted(places) == [("c.HTML", "MT101"), ("in/b.txt", "MT101")]


def test_the_manifest_is_valid() -> None:
    done = run(sys.executable, "-m", "pre_commit", "validate-manifest", MANIFEST)
    assert done.returncode == 0, done.stdout


def test_no_name_of_a_file_is_an_option(tmp_path: Path) -> None:
    (hook,) = yaml.safe_load(MANIFEST.read_text("utf-8"))
    (tmp_path / "--output=good.txt").write_text("The bell rang. . It was late.")
    (tmp_path / "good.txt").write_text("The bell rang.")
    words = [*hook["entry"].split(), *hook["args"], "--output=good.txt"]
    here = os.environ | {"PYTHONPATH": str(ROOT)}
    done = run(sys.executable, "-m", *words, cwd=tmp_path, env=here)
    assert done.returncode == 1
    assert (tmp_path / "good.txt").read_text() == "The bell rang."


def test_the_hook_is_given_what_lint_reads() -> None:
    (hook,) = yaml.safe_load(MANIFEST.read_text("utf-8"))
    # Records are data, more often than texts that somebody is about to publish.
    for suffix in (key for key, reader in READERS.items() if not reader.has_records):
        assert re.search(hook["files"], f"texts/a{suffix}")
        assert re.search(hook["files"], f"A{suffix.upper()}")
    for name in ("LICENSE", "a.mdx", "txt", "a.txt.orig"):
        assert not re.search(hook["files"], name)


# the action ----------------------------------------------------------------------


def action() -> dict[str, Any]:
    """Return the definition of the action."""
    found: dict[str, Any] = yaml.safe_load(ACTION.read_text("utf-8"))
    return found


def step(name: str, inputs: Mapping[str, str], temporary: Path) -> tuple[Any, ...]:
    """Return the script of a step, and the variables that it runs with."""
    (found,) = [item for item in action()["runs"]["steps"] if item.get("name") == name]
    values = {"github.action_path": str(ROOT)}
    for key, item in action()["inputs"].items():
        values[f"inputs.{key}"] = inputs.get(key, item["default"])
    variables = {
        key: re.sub(r"\$\{\{ (\S+) \}\}", lambda match: values[match[1]], text)
        for key, text in found["env"].items()
    }
    return found["run"], os.environ | variables | {"RUNNER_TEMP": str(temporary)}


def play(
    name: str, folder: Path, temporary: Path, **inputs: str
) -> subprocess.CompletedProcess[str]:
    """Run a step in a folder as a runner does."""
    script, variables = step(name, inputs, temporary)
    shell = ("bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c")
    return run(*shell, script, cwd=folder, env=variables)


@pytest.fixture(scope="session")
def runner(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder that the action has installed mtcheck into."""
    temporary = tmp_path_factory.mktemp("runner")
    with pytest.MonkeyPatch.context() as patch:
        for name, value in INSTALLING.items():
            patch.setenv(name, value)
        folder = str(Path(sys.executable).parent)
        patch.setenv("PATH", os.pathsep.join([folder, os.environ["PATH"]]))
        done = play("Install mtcheck", temporary, temporary)
    if "(from versions: none)" in done.stdout:
        lacking("there is no index to install the dependencies from")
    assert done.returncode == 0, done.stdout
    return temporary


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    """Return a folder with a good and a bad text."""
    (tmp_path / "good").mkdir()
    (tmp_path / "good" / "a.md").write_text(GOOD)
    (tmp_path / "bad one.md").write_text(BAD)
    return tmp_path


def lint(folder: Path, runner: Path, **inputs: str) -> subprocess.CompletedProcess[str]:
    """Run the step that lints."""
    return play("Run mtcheck lint", folder, runner, **inputs)


def test_the_action_is_valid() -> None:
    words = ("-m", "check_jsonschema", "--builtin-schema", "vendor.github-actions")
    done = run(sys.executable, *words, ACTION)
    assert done.returncode == 0, done.stdout


def test_no_input_is_put_into_a_script() -> None:
    scripts = [item["run"] for item in action()["runs"]["steps"] if "run" in item]
    assert len(scripts) == 2
    for script in scripts:
        assert "${{" not in script


def test_the_action_notes_findings_and_fails(texts: Path, runner: Path) -> None:
    done = lint(texts, runner)
    assert done.returncode == 1
    (line,) = done.stdout.splitlines()
    assert re.match(r"::error file=bad one\.md,line=1,.*MT101", line)


def test_the_action_passes_good_files(texts: Path, runner: Path) -> None:
    done = lint(texts, runner, paths="good\n\n")
    assert (done.returncode, done.stdout) == (0, "")


def test_the_action_takes_options(texts: Path, runner: Path) -> None:
    done = lint(texts, runner, format="text", args="--select MT2\n\n--language  en")
    assert (done.returncode, done.stdout) == (0, "")
    done = lint(texts, runner, format="text", args="--exit-zero")
    assert done.returncode == 0
    assert done.stdout.startswith("./bad one.md:1:22: MT101 ")


def test_the_action_writes_sarif_beside(texts: Path, runner: Path) -> None:
    done = lint(texts, runner, sarif="all findings.sarif")
    assert done.returncode == 1
    assert done.stdout.startswith("::error ")
    (log,) = json.loads((texts / "all findings.sarif").read_text("utf-8"))["runs"]
    assert [result["ruleId"] for result in log["results"]] == ["MT101"]


def test_inputs_of_the_action_are_no_commands(texts: Path, runner: Path) -> None:
    hostile = '$(touch hit)`touch hit`";touch hit;"* '
    done = lint(texts, runner, paths=hostile, args="--select MT1", sarif=hostile)
    assert done.returncode == 2
    assert "does not exist" in done.stdout or "matches no file" in done.stdout
    assert not (texts / "hit").exists()
