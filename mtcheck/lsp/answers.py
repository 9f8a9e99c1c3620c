"""What is answered to each thing that an editor tells or asks."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from lsprotocol import types

from mtcheck.explain import explain
from mtcheck.lsp.actions import FIX_ALL, Actions
from mtcheck.lsp.server import Server, diagnostic
from mtcheck.report import Screen
from mtcheck.rule_page import rule_page
from mtcheck.rules import all_rules
from mtcheck.types import Finding, Span

PAUSE = 0.2
"""Seconds without a change before a text is looked at again."""


def make_server() -> Server:
    """Return a server that answers all that it can."""
    server = Server()
    for method, (answer, options) in ANSWERS.items():
        server.feature(method, options)(answer)
    return server


async def _initialized(ls: Server, params: types.InitializedParams) -> None:
    """Ask to be told when a settings file changes, where the editor can do that."""
    workspace = ls.client_capabilities.workspace
    watching = workspace.did_change_watched_files if workspace else None
    if watching and watching.dynamic_registration:
        names = ("mtcheck.toml", "pyproject.toml")
        watchers = [types.FileSystemWatcher(f"**/{name}") for name in names]
        registration = types.Registration(
            "settings",
            types.WORKSPACE_DID_CHANGE_WATCHED_FILES,
            types.DidChangeWatchedFilesRegistrationOptions(watchers),
        )
        wanted = types.RegistrationParams([registration])
        await ls.client_register_capability_async(wanted)


async def _settings_changed(
    ls: Server, params: types.DidChangeWatchedFilesParams
) -> None:
    for shown in list(ls.workspace.text_documents.values()):
        ls.publish(shown.uri)
    workspace = ls.client_capabilities.workspace
    asking = workspace.diagnostics if workspace else None
    if ls.is_asked and asking and asking.refresh_support:
        await ls.workspace_diagnostic_refresh_async(None)


def _opened(ls: Server, params: types.DidOpenTextDocumentParams) -> None:
    ls.publish(params.text_document.uri)


async def _changed(ls: Server, params: types.DidChangeTextDocumentParams) -> None:
    await asyncio.sleep(PAUSE)
    changed = params.text_document
    # By now it may have changed again, or been closed.
    if ls.workspace.get_text_document(changed.uri).version == changed.version:
        ls.publish(changed.uri)


def _saved(ls: Server, params: types.DidSaveTextDocumentParams) -> None:
    ls.publish(params.text_document.uri)


def _closed(ls: Server, params: types.DidCloseTextDocumentParams) -> None:
    ls.forget(params.text_document.uri)


def _asked(
    ls: Server, params: types.DocumentDiagnosticParams
) -> types.RelatedFullDocumentDiagnosticReport:
    found = ls.diagnostics(params.text_document.uri)
    return types.RelatedFullDocumentDiagnosticReport(found)


def _acted_on(ls: Server, params: types.CodeActionParams) -> list[types.CodeAction]:
    uri = params.text_document.uri
    findings, positions = ls.findings(uri), ls.positions(uri)
    actions = Actions(uri, ls.workspace.get_text_document(uri).source, positions)
    made: list[types.CodeAction] = []
    if _is_wanted(types.CodeActionKind.QuickFix, params.context.only):
        for finding in _touched(findings, positions.span(params.range)):
            made += actions.on(finding, diagnostic(finding, positions))
    if _is_wanted(FIX_ALL, params.context.only):
        made += actions.on_all(findings)
    return made


def _is_wanted(kind: str, only: Sequence[str] | None) -> bool:
    """Tell whether an editor that asks for these kinds, and all below, wants one."""
    # Not formatted: the kinds are members of an enumeration, and show their names.
    parts = str.split(kind, ".")
    return only is None or any(
        parts[: len(wanted)] == wanted
        for wanted in (str.split(item, ".") for item in only)
    )


def _touched(findings: Sequence[Finding], span: Span) -> Iterator[Finding]:
    for finding in findings:
        if finding.span.start <= span.end and span.start <= finding.span.end:
            yield finding


def _hovered(ls: Server, params: types.HoverParams) -> types.Hover | None:
    uri = params.text_document.uri
    positions = ls.positions(uri)
    at = positions.offset(params.position)
    touched = list(_touched(ls.findings(uri), Span(at, at)))
    if not touched:
        return None
    codes = {finding.code for finding in touched}
    is_plain = not _shows_markdown(ls)
    pages = [
        explain(rule.code, Screen()) if is_plain else rule_page(rule)
        for rule in all_rules()
        if rule.code in codes
    ]
    kind = types.MarkupKind.PlainText if is_plain else types.MarkupKind.Markdown
    text = "\n\n".join("\n".join(page) for page in pages)
    return types.Hover(
        types.MarkupContent(kind, text), positions.range(touched[0].span)
    )


def _shows_markdown(ls: Server) -> bool:
    texts = ls.client_capabilities.text_document
    hover = texts.hover if texts else None
    formats = hover.content_format if hover else None
    return types.MarkupKind.Markdown in (formats or ())


ANSWERS: dict[str, tuple[Callable[..., Any], Any]] = {
    types.INITIALIZED: (_initialized, None),
    types.WORKSPACE_DID_CHANGE_WATCHED_FILES: (_settings_changed, None),
    types.TEXT_DOCUMENT_DID_OPEN: (_opened, None),
    types.TEXT_DOCUMENT_DID_CHANGE: (_changed, None),
    types.TEXT_DOCUMENT_DID_SAVE: (_saved, None),
    types.TEXT_DOCUMENT_DID_CLOSE: (_closed, None),
    types.TEXT_DOCUMENT_DIAGNOSTIC: (
        _asked,
        types.DiagnosticOptions(
            inter_file_dependencies=False,
            workspace_diagnostics=False,
            identifier="mtcheck",
        ),
    ),
    types.TEXT_DOCUMENT_CODE_ACTION: (
        _acted_on,
        types.CodeActionOptions([types.CodeActionKind.QuickFix, FIX_ALL]),
    ),
    types.TEXT_DOCUMENT_HOVER: (_hovered, None),
}
"""Method of the protocol to what answers it, and with which options."""
