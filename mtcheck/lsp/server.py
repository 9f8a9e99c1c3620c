"""The texts that an editor has open, and what is found in them."""

import os
from contextlib import chdir
from dataclasses import dataclass
from pathlib import Path

from lsprotocol import types
from pygls.lsp.server import LanguageServer
from pygls.uris import to_fs_path
from pygls.workspace import TextDocument

from mtcheck import __version__
from mtcheck.errors import MtcheckError
from mtcheck.lsp.linters import Holding, Linters, findings_in
from mtcheck.lsp.positions import Positions
from mtcheck.read import READERS
from mtcheck.types import Finding

_SUFFIXES = {"plaintext": ".txt", "markdown": ".md", "html": ".html"}
"""What editors call a language to the suffix that ``lint`` knows it by."""

_SEVERITIES = {
    "error": types.DiagnosticSeverity.Error,
    "warning": types.DiagnosticSeverity.Warning,
    "info": types.DiagnosticSeverity.Information,
}


@dataclass(frozen=True)
class Checked:
    """A text, the linter that was asked about it, and what it found."""

    text: str
    holding: Holding
    findings: tuple[Finding, ...]


class Server(LanguageServer):
    """Checks the texts that an editor has open."""

    def __init__(self) -> None:
        # Whole texts: pygls ends lines at more characters than the protocol does, so
        # that a change to a part would land elsewhere.
        full = types.TextDocumentSyncKind.Full
        super().__init__("mtcheck", __version__, text_document_sync_kind=full)
        self._linters = Linters()
        self._checked: dict[str, Checked] = {}
        self._told: dict[Path, str] = {}

    @property
    def is_asked(self) -> bool:
        """Whether the editor asks for findings, so that none need be sent unasked."""
        texts = self.client_capabilities.text_document
        return texts is not None and texts.diagnostic is not None

    def findings(self, uri: str) -> tuple[Finding, ...]:
        """Return what is found in a text as it stands in the editor.

        Where the settings are wrong the editor is told, and nothing is found.
        """
        shown = self.workspace.get_text_document(uri)
        folder = self._folder(shown)
        source = _source(shown, folder)
        if source is None:
            return ()
        try:
            # Paths of settings count from the folder that lint is called in.
            with chdir(folder):
                known = self._check(uri, shown.source, source)
        except (MtcheckError, OSError) as error:
            self._tell(folder, str(error))
            return ()
        self._told.pop(folder, None)
        return known.findings

    def _check(self, uri: str, text: str, path: str) -> Checked:
        """Return what is found in a text, which may be known already."""
        holding = self._linters.here()
        known = self._checked.get(uri)
        if known is None or (known.text, known.holding) != (text, holding):
            found = findings_in(text, path, holding)
            known = self._checked[uri] = Checked(text, holding, found)
        return known

    def positions(self, uri: str) -> Positions:
        """Return where the offsets of a text stand, in what the editor counts."""
        text = self.workspace.get_text_document(uri).source
        return Positions(text, self.workspace.position_encoding)

    def diagnostics(self, uri: str) -> list[types.Diagnostic]:
        """Return the findings in a text as the protocol has them."""
        findings, positions = self.findings(uri), self.positions(uri)
        return [diagnostic(finding, positions) for finding in findings]

    def publish(self, uri: str) -> None:
        """Send the findings in a text, unless the editor asks for them itself."""
        if not self.is_asked:
            version = self.workspace.get_text_document(uri).version
            self._send(
                types.PublishDiagnosticsParams(uri, self.diagnostics(uri), version)
            )

    def forget(self, uri: str) -> None:
        """Take the findings of a closed text away."""
        self._checked.pop(uri, None)
        if not self.is_asked:
            self._send(types.PublishDiagnosticsParams(uri, []))

    def _send(self, found: types.PublishDiagnosticsParams) -> None:
        self.text_document_publish_diagnostics(found)

    def _folder(self, shown: TextDocument) -> Path:
        """Return the innermost folder of the editor that a text lies in."""
        path = Path(shown.path)
        folders = [
            Path(place)
            for folder in self.workspace.folders.values()
            if (place := to_fs_path(folder.uri)) and path.is_relative_to(place)
        ]
        if folders:
            return max(folders, key=lambda folder: len(folder.parts))
        root = self.workspace.root_path
        return Path(root) if root else path.parent

    def _tell(self, folder: Path, message: str) -> None:
        """Show a message, once until something else is to be said of the folder."""
        if self._told.get(folder) != message:
            self._told[folder] = message
            kind = types.MessageType.Error
            self.window_show_message(types.ShowMessageParams(kind, message))


def diagnostic(finding: Finding, positions: Positions) -> types.Diagnostic:
    """Return a finding as the protocol has it."""
    return types.Diagnostic(
        positions.range(finding.span),
        finding.message,
        severity=_SEVERITIES[finding.severity],
        code=finding.code,
        source="mtcheck",
        data={"name": finding.name, "fix": finding.fix},
    )


def _source(shown: TextDocument, folder: Path) -> str | None:
    """Return the path from the folder, as ``lint`` would be given it there.

    None stands for what ``lint`` does not read as one text.
    """
    path = os.path.relpath(shown.path, folder)
    suffix = os.path.splitext(path)[1].lower()
    if suffix in READERS:
        return None if READERS[suffix].has_records else path
    meant = _SUFFIXES.get(shown.language_id or "")
    return None if meant is None else path + meant
