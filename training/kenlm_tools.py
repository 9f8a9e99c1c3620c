"""The KenLM programs: found, or built from the source that PyPI carries."""

import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.metadata import packages_distributions, version
from pathlib import Path

from mtcheck.errors import ResourceError

KENLM_VERSION = "0.3.0"
PROGRAMS = ("lmplz", "build_binary")
NEEDS = (
    "cmake, a C++ compiler, zlib and Boost (on Debian: apt-get install cmake g++ "
    "zlib1g-dev libboost-system-dev libboost-thread-dev libboost-program-options-dev "
    "libboost-test-dev)"
)


def kenlm_version() -> str:
    """Return the version of the package that gives the module, whatever its name."""
    return version(packages_distributions()["kenlm"][0])


@dataclass(frozen=True)
class KenlmTools:
    """The folder of the programs; each call makes one model."""

    folder: Path

    def estimate(
        self,
        lines: Iterable[str],
        target: Path,
        order: int,
        prune: tuple[int, ...],
        vocabulary: Path | None = None,
        memory: str = "2G",
    ) -> None:
        """Estimate a model with modified Kneser-Ney smoothing and pack it as a trie.

        N-grams of order n seen in at most ``prune[n-1]`` places are left out. Heafield
        et al., "Scalable Modified Kneser-Ney Language Model Estimation", ACL 2013.
        """
        with tempfile.TemporaryDirectory() as scratch:
            text, arpa = Path(scratch, "text"), Path(scratch, "arpa")
            with text.open("w", encoding="utf-8") as file:
                file.writelines(line + "\n" for line in lines)
            command = [
                str(self.folder / "lmplz"),
                "-o",
                str(order),
                "-S",
                memory,
                "-T",
                scratch,
            ]
            command += ["--prune", *map(str, prune), "--discount_fallback"]
            command += ["--text", str(text), "--arpa", str(arpa)]
            if vocabulary is not None:
                command += ["--limit_vocab_file", str(vocabulary)]
            _run(command)
            packed = ["-q", "8", "-b", "8", "-a", "64", "trie"]
            _run(
                [
                    str(self.folder / "build_binary"),
                    "-T",
                    scratch,
                    *packed,
                    str(arpa),
                    str(target),
                ]
            )


def find_or_build(programs: Sequence[str] = PROGRAMS) -> KenlmTools:
    """Return the programs of ``KENLM_BIN``, of the path, or built into the cache."""
    named = os.environ.get("KENLM_BIN")
    on_path = shutil.which("lmplz")
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
    built = cache / "mtcheck" / f"kenlm-{KENLM_VERSION}" / "bin"
    candidates = [Path(named)] if named else []
    candidates += [Path(on_path).parent] if on_path else []
    for folder in [*candidates, built]:
        if all((folder / program).is_file() for program in programs):
            return KenlmTools(folder)
    return KenlmTools(_build(built, programs))


def _build(target: Path, programs: Sequence[str]) -> Path:
    if shutil.which("cmake") is None or shutil.which("c++") is None:
        raise ResourceError(
            f"KenLM's {programs[0]} is missing; to build it, install {NEEDS}"
        )
    with tempfile.TemporaryDirectory() as scratch:
        _run(
            [
                *(sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"),
                *("--no-binary", "kenlm", "--dest", scratch),
                f"kenlm=={KENLM_VERSION}",
            ]
        )
        with tarfile.open(next(Path(scratch).glob("kenlm-*.tar.gz"))) as archive:
            archive.extractall(scratch, filter="data")
        source, build = Path(scratch, f"kenlm-{KENLM_VERSION}"), Path(scratch, "build")
        _run(
            ["cmake", "-S", str(source), "-B", str(build), "-DCMAKE_BUILD_TYPE=Release"]
        )
        _run(["cmake", "--build", str(build), "--parallel", "--target", *programs])
        target.mkdir(parents=True, exist_ok=True)
        for program in programs:
            shutil.copy2(build / "bin" / program, target / program)
    return target


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise ResourceError(
            f"{Path(command[0]).name} failed: {done.stderr.strip()[-400:]}; "
            f"training needs {NEEDS}"
        )
