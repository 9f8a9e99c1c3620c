"""Lines that changed since a revision: what ``--diff`` reports is about them only."""

import ast
import os
import re
import subprocess
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from io import BytesIO

from mtcheck.errors import ConfigError, InputError
from mtcheck.linting import Linted
from mtcheck.types import Document, Finding

_HUNK = re.compile(rb"@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
# No path of git has two slashes in a row, so this cannot be a part of one.
_NEW = "b//"
_BINARY = re.compile(rb'Binary files .* and ("?b//.*) differ\n')
# All that a setting of the user could change.
_DIFF = (
    "-c core.quotePath=on diff --unified=0 --inter-hunk-context=0 --find-renames "
    "--no-color --no-ext-diff --no-textconv --ignore-submodules "
    f"--src-prefix=a/ --dst-prefix={_NEW}"
).split()
_OF_HOOKS = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX")
"""Variables that git sets for its hooks, and that mean one repository only."""


@dataclass(frozen=True, slots=True)
class Changed:
    """The changed lines of a file, in order and counted from 1; None means all."""

    lines: tuple[range, ...] | None = None

    def touches(self, first: int, last: int) -> bool:
        """Tell whether one of the lines from ``first`` to ``last`` changed."""
        if self.lines is None:
            return True
        at = bisect_left(self.lines, first, key=lambda found: found.stop - 1)
        return at < len(self.lines) and self.lines[at].start <= last


class Changes:
    """What changed in the files of repositories since a revision.

    Counted is what git would show: staged, not staged, and new files that it does not
    ignore. Where a line was only taken away, its neighbours did not change.
    """

    def __init__(self, revision: str) -> None:
        if revision.startswith("-"):
            raise ConfigError(
                f"config: diff must be a revision of git, got {revision!r}"
            )
        self._revision = revision
        self._root = cache(_root)
        self._files = cache(self._of_repository)

    def of(self, path: str) -> Changed | None:
        """Return what changed in a file, None where nothing did."""
        real = os.path.realpath(path)
        root = self._root(os.path.dirname(real))
        return self._files(root).get(os.fsencode(os.path.relpath(real, root)))

    def touched(
        self, documents: Iterable[Document | InputError]
    ) -> Iterator[Document | InputError]:
        """Yield the documents in which a line changed, and what was lost."""
        for document in documents:
            if isinstance(document, InputError) or document.source is None:
                yield document
                continue
            changed = self.of(document.source)
            if changed is None:
                continue
            first = document.line
            if first is None or changed.touches(first, first + document.n_lines - 1):
                yield document

    def only_changed(self, linted: Linted) -> Linted:
        """Return the findings that touch a changed line; of a record, all."""
        document = linted.document
        if document.source is None or document.line is not None:
            return linted
        changed = self.of(document.source) or Changed(())
        # Those of git: it knows no other line ends.
        ends = [match.start() for match in re.finditer("\n", document.text)]

        def is_touched(finding: Finding) -> bool:
            start, end = finding.span.start, finding.span.end
            first = bisect_left(ends, start) + 1
            return changed.touches(first, bisect_left(ends, max(start, end - 1)) + 1)

        kept = tuple(item for item in linted.findings if is_touched(item))
        return replace(linted, findings=kept)

    def _of_repository(self, root: str) -> dict[bytes, Changed]:
        known = _git(
            root, "rev-parse", "--verify", "--quiet", f"{self._revision}^{{commit}}"
        )
        if known.returncode:
            raise ConfigError(
                f"config: diff must be a revision that git knows in {root!r}, "
                f"got {self._revision!r}"
            )
        commit = known.stdout.decode().strip()
        patch = _told(root, *_DIFF, commit, "--")
        found = dict(_parsed(BytesIO(patch)))
        new = _told(root, "ls-files", "--others", "--exclude-standard", "-z")
        found |= dict.fromkeys(filter(None, new.split(b"\0")), Changed())
        return found


def _root(folder: str) -> str:
    found = _git(folder, "rev-parse", "--show-toplevel")
    if found.returncode:
        why = found.stderr.decode("utf-8", "replace").strip().partition("\n")[0]
        raise ConfigError(
            f"config: diff needs a repository of git, and {folder!r} is in none ({why})"
        )
    return os.fsdecode(found.stdout.removesuffix(b"\n"))


def _told(root: str, *arguments: str) -> bytes:
    """Return what git says; a ConfigError names its reason where it fails."""
    done = _git(root, *arguments)
    if done.returncode:
        why = done.stderr.decode("utf-8", "replace").strip()
        raise ConfigError(f"config: diff cannot be told in {root!r} ({why})")
    return done.stdout


def _git(folder: str, *arguments: str) -> "subprocess.CompletedProcess[bytes]":
    environment = {k: v for k, v in os.environ.items() if k not in _OF_HOOKS}
    # Its words are read, so they must not be translated; nor may it wait for a lock.
    environment |= {"LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0"}
    try:
        return subprocess.run(
            ["git", *arguments], cwd=folder, env=environment, capture_output=True
        )
    except FileNotFoundError:
        raise ConfigError("config: diff needs git, which is not installed") from None


def _parsed(lines: Iterator[bytes]) -> Iterator[tuple[bytes, Changed]]:
    """Yield the files of a patch with their new lines; deleted files have none."""
    path, found = b"", list[range]()
    for line in lines:
        if line.startswith(b"diff --git ") and found:
            yield path, Changed(tuple(found))
            found = []
        elif line.startswith(b"+++ "):
            path = _unquoted(line[4:].rstrip(b"\n"))
        elif hunk := _HUNK.match(line):
            n_old, start, n_new = (int(n) if n else 1 for n in hunk.groups())
            # What was taken away and added is passed over: it may look like a header.
            _skip(lines, n_old + n_new)
            if n_new:
                found.append(range(start, start + n_new))
        elif binary := _BINARY.fullmatch(line):
            yield _unquoted(binary[1]), Changed()
    if found:
        yield path, Changed(tuple(found))


def _skip(lines: Iterator[bytes], n_lines: int) -> None:
    while n_lines:
        n_lines -= not next(lines).startswith(b"\\")


def _unquoted(name: bytes) -> bytes:
    r"""Return a path as it is; git quotes odd ones as C does, and ends others by a tab.

    >>> _unquoted(rb'"b//a\303\244\n"'), _unquoted(b"b//a b\t")
    (b'a\xc3\xa4\n', b'a b')
    """
    if name.startswith(b'"'):
        unquoted: bytes = ast.literal_eval("b" + name.decode("ascii"))
        return unquoted.removeprefix(_NEW.encode())
    return name.removesuffix(b"\t").removeprefix(_NEW.encode())
