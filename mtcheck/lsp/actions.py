"""What an editor offers to do about findings: mend them, or suppress them."""

from collections.abc import Iterable, Iterator

from lsprotocol import types

from mtcheck.lsp.positions import Positions
from mtcheck.markup import is_page
from mtcheck.types import Finding, Span

FIX_ALL = "source.fixAll.mtcheck"
"""The kind of the action that mends a whole text, as editors ask for it on saving."""


class Actions:
    """Makes the actions on one text."""

    def __init__(self, uri: str, text: str, positions: Positions) -> None:
        self._uri = uri
        self._text = text
        self._positions = positions

    def on(
        self, finding: Finding, diagnostic: types.Diagnostic
    ) -> Iterator[types.CodeAction]:
        """Yield what can be done about one finding, the best first."""
        quick = types.CodeActionKind.QuickFix
        if finding.fix is not None:
            yield types.CodeAction(
                f"{finding.code}: {_what_mends(finding.fix)}",
                quick,
                [diagnostic],
                is_preferred=True,
                edit=self._edit(self._mended(finding)),
            )
        # In the head of a page there is no place for a comment that is sure to do.
        if finding.paragraph is not None:
            yield types.CodeAction(
                f"{finding.code}: ignore {finding.name} here",
                quick,
                [diagnostic],
                edit=self._edit(self._ignored(finding)),
            )

    def on_all(self, findings: Iterable[Finding]) -> Iterator[types.CodeAction]:
        """Yield the action that mends all that is safe, where there is any."""
        edits = [self._mended(finding) for finding in _mendable(findings)]
        if edits:
            yield types.CodeAction(
                "mtcheck: mend what is safe", FIX_ALL, edit=self._edit(*edits)
            )

    def _edit(self, *edits: types.TextEdit) -> types.WorkspaceEdit:
        return types.WorkspaceEdit({self._uri: edits})

    def _mended(self, finding: Finding) -> types.TextEdit:
        return types.TextEdit(self._positions.range(finding.span), finding.fix or "")

    def _ignored(self, finding: Finding) -> types.TextEdit:
        """Return what puts a comment on the line that the finding starts on."""
        comment = f"<!-- mtcheck: ignore {finding.code} -- reason -->"
        start = finding.span.start
        # In a page the end of a line may lie inside a tag, the finding never does.
        if is_page(self._uri):
            return self._put(comment, start)
        ends = [self._text.find(end, start) for end in "\r\n"]
        end = min((place for place in ends if place >= 0), default=len(self._text))
        return self._put(f" {comment}", end)

    def _put(self, text: str, at: int) -> types.TextEdit:
        return types.TextEdit(self._positions.range(Span(at, at)), text)


def _what_mends(fix: str) -> str:
    return f"replace it with {fix!r}" if fix else "remove it"


def _mendable(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Yield the findings that can be mended at once: no two edits may overlap."""
    end = 0
    for finding in findings:
        if finding.fix is not None and finding.span.start >= end:
            yield finding
            end = finding.span.end
