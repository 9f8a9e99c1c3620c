"""One run of ``lint``: read > changed > cached > linted > not held > changed lines."""

import os
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from mtcheck.config import Config, home
from mtcheck.errors import ConfigError, InputError
from mtcheck.linting import Judge, Linted, Linter
from mtcheck.linting.cache import FOLDER, Cache
from mtcheck.linting.fixes import Mend, is_plain_file, mend
from mtcheck.linting.selection import Selection
from mtcheck.report.text import count
from mtcheck.types import Document

if TYPE_CHECKING:
    from mtcheck.grammar.checker import Service
    from mtcheck.linting.baseline import Baseline
    from mtcheck.linting.changes import Changes


@dataclass(slots=True)
class Run:
    """What the settings ask of the documents, and what is told at the end of it."""

    settings: Config
    linter: Linter
    cache: Cache | None = None
    baseline: "Baseline | None" = None
    changes: "Changes | None" = None
    n_findings: int = 0
    n_mendable: int = 0
    elsewhere: Counter[str] = field(default_factory=Counter)
    """What could be mended if it stood in a plain file, by file."""

    @classmethod
    def of(cls, settings: Config, service: "Service | None" = None) -> "Run":
        """Return a run; a ConfigError or a ModelError says why there can be none.

        ``service`` is asked for grammar mistakes.
        """
        judge, judged_by = _judge(settings)
        checker = None
        if service is not None:
            from mtcheck.grammar.checker import Checker

            checker = Checker(service)
            judged_by += f" LanguageTool {service.version}"
        selection = Selection.of(settings)
        linter = Linter(selection, settings.paragraphs, judge, checker)
        return cls(
            settings,
            linter,
            None if settings.no_cache else Cache(home() / FOLDER, judged_by),
            _baseline(settings, linter),
            _changes(settings),
        )

    def results(
        self, documents: Iterable[Document | InputError]
    ) -> Iterator[Linted | InputError]:
        """Yield each document with the findings to report, and what was lost."""
        for document in self._touched(documents):
            if isinstance(document, InputError):
                yield document
                continue
            linted = self._lint_and_leave_out(document)
            if self.settings.update_baseline:
                linted = replace(linted, findings=())
            self._count(linted)
            yield linted

    def mends(self, documents: Iterable[Document | InputError]) -> Iterator[Mend]:
        """Yield what can be mended of what would be reported, each file once."""
        seen = set()
        for document in self._touched(documents):
            if isinstance(document, InputError) or not is_plain_file(document):
                continue
            real = os.path.realpath(str(document.source))
            found = None if real in seen else mend(document, self._lint_and_leave_out)
            seen.add(real)
            if found:
                yield found

    def close(self) -> Iterator[str]:
        """Write the baseline, if it is wanted; yield the closing lines."""
        if self.baseline and self.settings.update_baseline:
            self.baseline.write()
            n_held = count(self.baseline.n_found(), "finding")
            yield f"{n_held} put into {self.settings.baseline}"
        elif self.baseline and (n_gone := self.baseline.n_gone()):
            n_gone_ones = count(n_gone, "finding")
            yield (
                f"the baseline holds {n_gone_ones} too many; "
                "--update-baseline drops what is gone"
            )
        if self.settings.fix:
            yield from self._not_mended()
        if self.n_findings:
            is_any = self.n_mendable and not self.settings.fix
            more = f", {self.n_mendable:,} can be mended with --fix" if is_any else ""
            yield f"{count(self.n_findings, 'finding')}{more}"

    def _not_mended(self) -> Iterator[str]:
        for name, n_left in self.elsewhere.items():
            yield (
                f"{name}: {count(n_left, 'finding')} not mended; only plain files are, "
                "not records, packed files or standard input"
            )

    def _touched(
        self, documents: Iterable[Document | InputError]
    ) -> Iterable[Document | InputError]:
        return self.changes.touched(documents) if self.changes else documents

    def _lint_and_leave_out(self, document: Document) -> Linted:
        linter, cache = self.linter, self.cache
        linted = cache.lint(document, linter) if cache else linter.lint(document)
        # The baseline counts all of a file, whether changed or not.
        if self.baseline:
            linted = self.baseline.without_held(linted)
        return self.changes.only_changed(linted) if self.changes else linted

    def _count(self, linted: Linted) -> None:
        self.n_findings += len(linted.findings)
        n_mendable = sum(item.fix is not None for item in linted.findings)
        if is_plain_file(linted.document):
            self.n_mendable += n_mendable
        elif n_mendable:
            self.elsewhere[linted.document.source or linted.document.id] += n_mendable


def plain_linter(settings: Config) -> Linter:
    """Return the linter of the settings, for whole texts that are no files of a run.

    A ConfigError or a ModelError says what is wrong with them.
    """
    asked = replace(
        settings,
        baseline=None,
        update_baseline=False,
        diff=None,
        fix=False,
        no_cache=True,
    )
    return Run.of(asked).linter


def _judge(settings: Config) -> tuple[Judge | None, str]:
    """Return what turns verdicts into findings, and what names it in the cache."""
    if settings.verdict == "off":
        return None, ""
    from mtcheck.linting.verdicts import judge
    from mtcheck.models import open_model

    model = open_model(settings.model)
    judged_by = f"{settings.verdict} {settings.tier} {model.signature}"
    return judge(settings, model), judged_by


# Imported where they are wanted: few runs have one, and a start is to be quick.
def _baseline(settings: Config, linter: Linter) -> "Baseline | None":
    file = settings.baseline
    if file is not None:
        from mtcheck.linting.baseline import Baseline, read_baseline

        held = read_baseline(file, settings.update_baseline)
        return Baseline(file, held, linter.codes)
    if settings.update_baseline:
        raise ConfigError(
            "config: update-baseline needs a file to write; name it with --baseline"
        )
    return None


def _changes(settings: Config) -> "Changes | None":
    if settings.diff is None:
        return None
    from mtcheck.linting.changes import Changes

    return Changes(settings.diff)
