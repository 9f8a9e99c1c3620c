"""``python .ci/try_wheel.py PYTHON…``: build what is released, install it, and try it.

Builds the source distribution and the wheel, looks at what is in them, installs the
wheel into a fresh environment of each Python, and has it do its work without a network.
Ends with status 1 at the first thing that is not as it must be. ``--output`` keeps what
was built, with a software bill of materials of the plain install (CycloneDX).
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from itertools import zip_longest
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
CONSTRAINTS = ROOT / ".ci" / "constraints.txt"
SEEDS = ("seeds/en/ferry_spun.txt", "seeds/de/leuchtturm_maschinell.txt")

EPOCH = {"SOURCE_DATE_EPOCH": "1767225600"}
"""The time of all that is built: any will do, as long as it is the same."""

ABOUT = ("CHANGELOG.md", "LICENSE", "PKG-INFO", "README.md", "pyproject.toml")
"""What the source distribution holds beside the package and the models."""

API = """
import sys
from pathlib import Path
import mtcheck

assert Path(mtcheck.__file__).is_relative_to(sys.prefix), mtcheck.__file__
(scored,) = mtcheck.score([Path(sys.argv[1]).read_text("utf-8")])
print(*[verdict.label for verdict in scored.verdicts])
print(*[finding.code for finding in mtcheck.lint("They met. . They spoke.")])
"""

GUARD = """
import sys

def refuse(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.sendto"):
        raise OSError(f"there is no network here: {event}")

sys.addaudithook(refuse)
"""
"""What an environment begins with where the system cannot take the network away."""


class FaultError(Exception):
    """Something is not as it must be in what would be released."""


def run(*words: object, folder: Path = ROOT) -> str:
    """Run a program in a folder and return what it printed; an error where it fails."""
    command = [str(word) for word in words]
    kept = {key: os.environ[key] for key in os.environ if key != "PYTHONPATH"}
    done = subprocess.run(
        command, cwd=folder, env=kept | EPOCH, capture_output=True, text=True
    )
    if done.returncode:
        said = f"{done.stdout}{done.stderr}".strip()
        raise FaultError(f"{' '.join(command)}: ended with {done.returncode}\n{said}")
    return done.stdout


def build(source: Path, target: Path, kind: str) -> Path:
    """Build the ``wheel`` or the ``sdist`` of a folder, and return its path."""
    words = ("-m", "hatchling", "build", "--target", kind, "--directory", target)
    run(sys.executable, *words, folder=source)
    (found,) = target.iterdir()
    return found


def build_all(target: Path) -> tuple[Path, Path]:
    """Return the source distribution, and the wheel that it and the tree both give."""
    sdist = build(ROOT, target / "sdist", "sdist")
    with tarfile.open(sdist) as archive:
        archive.extractall(target / "source", filter="data")
    (source,) = (target / "source").iterdir()
    wheel = build(source, target / "wheel", "wheel")
    for path, other in (
        (sdist, build(ROOT, target / "sdist again", "sdist")),
        (wheel, build(ROOT, target / "wheel of the tree", "wheel")),
    ):
        if path.read_bytes() != other.read_bytes():
            raise FaultError(f"{path.name}: {other.parent.name} has other bytes")
    return sdist, wheel


def check_content(sdist: Path, wheel: Path) -> None:
    """Raise an error unless both hold the package, all of the models, and no more."""
    tracked = run("git", "ls-files", "-z", "mtcheck", "models").rstrip("\0").split("\0")
    with tarfile.open(sdist) as archive:
        names = {item.name.partition("/")[2] for item in archive if item.isfile()}
    check_names(sdist.name, names, {*tracked, *ABOUT, ".gitignore"})
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
    moved = {f"mtcheck/shipped/{name[7:]}" for name in tracked if name[:7] == "models/"}
    check_names(
        wheel.name, names, moved | {name for name in tracked if name[:8] == "mtcheck/"}
    )


def check_names(archive: str, held: set[str], wanted: set[str]) -> None:
    """Raise an error that names what an archive holds too much, and what it lacks."""
    more, less = sorted(held - wanted), sorted(wanted - held)
    if more or less:
        raise FaultError(f"{archive}: should not hold {more}, and lacks {less}")


def install(python: str, wheel: Path, target: Path) -> Path:
    """Return the interpreter of a new environment with the wheel and what it needs."""
    run(python, "-m", "venv", "--without-pip", target)
    own = target / "bin" / "python"
    pip = (sys.executable, "-m", "pip", "--python", own, "install", "--quiet")
    run(*pip, "--no-compile", "--constraint", CONSTRAINTS, wheel)
    return own


def without_network(own: Path) -> list[str]:
    """Return the words that take the network from a command that follows.

    There are none where the system does not let us; then the environment refuses.
    """
    alone = ["unshare", "--net", "--map-root-user"]
    try:
        run(*alone, "true")
    except (FaultError, OSError):
        place = run(own, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))")
        Path(place.strip(), "sitecustomize.py").write_text(GUARD, encoding="utf-8")
        return []
    return alone


def outcomes(own: Path, folder: Path) -> dict[str, str]:
    """Have the package do its work without a network; return what each part printed."""
    alone = without_network(own)
    mtcheck = (*alone, own.with_name("mtcheck"))
    texts = [ROOT / name for name in SEEDS]
    score = (*mtcheck, "score", *texts, "--format", "jsonl", "--quiet")
    lint = (*mtcheck, "lint", *texts, "--no-cache", "--exit-zero", "--format", "json")
    return {
        "version": run(*mtcheck, "--version", folder=folder),
        "full": rounded(run(*score, folder=folder)),
        "fast": rounded(run(*score, "--tier", "fast", folder=folder)),
        "lint": run(*lint, folder=folder),
        "python": run(*alone, own, "-c", API, texts[0], folder=folder),
    }


def rounded(text: str) -> str:
    """Return JSON lines with their numbers to nine digits.

    From Python 3.12 on ``sum`` loses less of floats, so that the last digits differ.
    """
    lines = map(json.loads, text.splitlines())
    return "".join(f"{json.dumps(_rounded(line))}\n" for line in lines)


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return float(f"{value:.9g}")
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    return [*map(_rounded, value)] if isinstance(value, list) else value


def check_outcomes(said: dict[str, str], first: dict[str, str]) -> None:
    """Raise an error unless there are verdicts, the same as with the first Python."""
    for part, text in said.items():
        if text != first[part]:
            lines = zip_longest(first[part].splitlines(), text.splitlines())
            one, other = next(pair for pair in lines if pair[0] != pair[1])
            raise FaultError(f"{part}: the first Python says\n{one}\nthis one\n{other}")
    for part, word in (
        ("version", "(base@"),
        ("full", '"paraphrased"'),
        ("fast", '"machine_mangled"'),
        ("lint", '"code"'),
        ("python", "MT101"),
    ):
        if word not in said[part]:
            raise FaultError(f"{part}: should say {word}\n{said[part]}")


def write_bill(own: Path, version: str, path: Path) -> None:
    """Write what an environment holds, with licences, as CycloneDX in JSON."""
    words = ("environment", own, "--pyproject", ROOT / "pyproject.toml")
    options = ("--mc-type", "library", "--output-reproducible", "--output-file", path)
    run(sys.executable, "-m", "cyclonedx_py", *words, *options)
    raw = json.loads(path.read_text(encoding="utf-8"))
    # The tool looks for it in pyproject.toml, which leaves it to the package.
    raw["metadata"]["component"]["version"] = version
    path.write_text(json.dumps(raw, indent=1) + "\n", encoding="utf-8")


def main() -> int:
    """Build, look, install and try; return the status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n\n")[2])
    parser.add_argument("python", nargs="+", help="an interpreter to try it with")
    parser.add_argument("--output", type=Path, help="folder for what was built")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        try:
            sdist, wheel = build_all(folder)
            check_content(sdist, wheel)
            print(f"{sdist.name}, {wheel.name}: {wheel.stat().st_size:,} bytes")
            first: dict[str, str] = {}
            for number, python in enumerate(asked.python):
                own = install(python, wheel, folder / f"python {number}")
                said = outcomes(own, folder)
                first = first or said
                check_outcomes(said, first)
                print(f"{run(own, '--version').strip()}: {said['version'].strip()}")
            if asked.output:
                asked.output.mkdir(parents=True, exist_ok=True)
                for path in (sdist, wheel):
                    shutil.copy(path, asked.output)
                name = sdist.name.removesuffix(".tar.gz")
                version = name.rpartition("-")[2]
                write_bill(own, version, asked.output / f"{name}.cdx.json")
        except FaultError as error:
            print(f"wheel: {error}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
