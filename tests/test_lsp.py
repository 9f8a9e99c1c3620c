"""The language server, asked by a real client over standard input and output."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lsprotocol import types
from pygls.lsp.client import LanguageClient

from mtcheck.lsp.positions import Positions
from mtcheck.rules import all_rules
from mtcheck.types import Span

BAD = "He met the president. . They spoke for an hour.\n"
GOOD = "He met the president. They spoke for an hour.\n"

MORE_BAD = (
    f"{BAD}\nThe ferry was late. . Nobody minded.\n\nIt rained. . We went home.\n"
)

PULLING = types.TextDocumentClientCapabilities(
    diagnostic=types.DiagnosticClientCapabilities()
)


class Editor(LanguageClient):
    """A client that keeps what the server sends unasked."""

    def __init__(self) -> None:
        super().__init__("editor", "1")
        self.published: asyncio.Queue[types.PublishDiagnosticsParams] = asyncio.Queue()
        self.messages: asyncio.Queue[types.ShowMessageParams] = asyncio.Queue()
        self.registered: list[types.Registration] = []
        self.refreshed = asyncio.Event()
        self.capabilities = types.ServerCapabilities()
        for method, keep in (
            (types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS, self.published.put_nowait),
            (types.WINDOW_SHOW_MESSAGE, self.messages.put_nowait),
            (types.CLIENT_REGISTER_CAPABILITY, self._register),
            (types.WORKSPACE_DIAGNOSTIC_REFRESH, self._refresh),
        ):
            # A function in between: pygls sets attributes on what it calls.
            self.feature(method)(lambda params, keep=keep: keep(params))

    def _register(self, params: types.RegistrationParams) -> None:
        self.registered += params.registrations

    def _refresh(self, _: object) -> None:
        self.refreshed.set()

    def open(self, path: Path, text: str, language: str = "markdown") -> str:
        """Open a text as a file of that path, and return its name."""
        uri = path.as_uri()
        self.text_document_did_open(
            types.DidOpenTextDocumentParams(
                types.TextDocumentItem(uri, language, 1, text)
            )
        )
        return uri

    def change(self, uri: str, version: int, text: str) -> None:
        """Replace a text as a whole."""
        self.text_document_did_change(
            types.DidChangeTextDocumentParams(
                types.VersionedTextDocumentIdentifier(version, uri),
                [types.TextDocumentContentChangeWholeDocument(text)],
            )
        )

    async def found(self) -> types.PublishDiagnosticsParams:
        """Return the findings that are sent next."""
        return await self.published.get()

    async def actions(
        self, uri: str, range: types.Range, only: list[str] | None = None
    ) -> dict[str, types.CodeAction]:
        """Return the actions that are offered on a range, by their titles."""
        context = types.CodeActionContext([], only)
        text = types.TextDocumentIdentifier(uri)
        answer = await self.text_document_code_action_async(
            types.CodeActionParams(text, range, context)
        )
        actions = [item for item in answer or [] if isinstance(item, types.CodeAction)]
        return {action.title: action for action in actions}

    async def hover(self, uri: str, position: types.Position) -> str | None:
        """Return what is shown at a position."""
        text = types.TextDocumentIdentifier(uri)
        shown = await self.text_document_hover_async(types.HoverParams(text, position))
        if shown is None:
            return None
        assert isinstance(shown.contents, types.MarkupContent)
        return shown.contents.value


@asynccontextmanager
async def editing(
    folder: Path, capabilities: types.ClientCapabilities | None = None
) -> AsyncIterator[Editor]:
    """Start a server on a folder, and end it as the protocol wants it."""
    editor = Editor()
    # Elsewhere on purpose: an editor starts it where it likes.
    await editor.start_io(sys.executable, "-m", "mtcheck", "lsp", cwd="/")
    root = folder.as_uri()
    answer = await editor.initialize_async(
        types.InitializeParams(
            capabilities or types.ClientCapabilities(),
            root_uri=root,
            workspace_folders=[types.WorkspaceFolder(root, folder.name)],
        )
    )
    editor.capabilities = answer.capabilities
    editor.initialized(types.InitializedParams())
    yield editor
    await editor.shutdown_async(None)
    editor.exit(None)
    await editor.stop()  # type: ignore[no-untyped-call]


def run(test: Callable[[Editor], Coroutine[Any, Any, None]], *given: Any) -> None:
    """Run what a client does, and give up where an answer never comes."""

    async def play() -> None:
        async with asyncio.timeout(20), editing(*given) as editor:
            await test(editor)

    asyncio.run(play())


def apply(text: str, action: types.CodeAction, encoding: str = "utf-16") -> str:
    """Return a text with the edits of an action, as an editor makes them."""
    assert action.edit is not None
    assert action.edit.changes is not None
    (edits,) = action.edit.changes.values()
    positions = Positions(text, encoding)
    for edit in sorted(edits, key=lambda edit: edit.range.start, reverse=True):
        span = positions.span(edit.range)
        text = text[: span.start] + edit.new_text + text[span.end :]
    return text


# findings ------------------------------------------------------------------------


def test_findings_come_on_opening_changing_and_go_on_closing(tmp_path: Path) -> None:
    async def test(editor: Editor) -> None:
        uri = editor.open(tmp_path / "a.md", BAD)
        found = await editor.found()
        assert (found.uri, found.version) == (uri, 1)
        (one,) = found.diagnostics
        assert one.range == types.Range(types.Position(0, 21), types.Position(0, 23))
        assert (one.code, one.source) == ("MT101", "mtcheck")
        assert one.severity == types.DiagnosticSeverity.Error
        assert one.message.startswith("a full stop stands alone")
        assert one.data == {"name": "orphan-full-stop", "fix": ""}
        editor.change(uri, 2, GOOD)
        found = await editor.found()
        assert (found.version, list(found.diagnostics)) == (2, [])
        editor.change(uri, 3, BAD)
        assert len((await editor.found()).diagnostics) == 1
        editor.text_document_did_save(
            types.DidSaveTextDocumentParams(types.TextDocumentIdentifier(uri))
        )
        assert len((await editor.found()).diagnostics) == 1
        editor.text_document_did_close(
            types.DidCloseTextDocumentParams(types.TextDocumentIdentifier(uri))
        )
        assert list((await editor.found()).diagnostics) == []

    run(test, tmp_path)


def test_only_the_last_of_quick_changes_is_looked_at(tmp_path: Path) -> None:
    async def test(editor: Editor) -> None:
        uri = editor.open(tmp_path / "a.md", GOOD)
        await editor.found()
        for version in range(2, 20):
            editor.change(uri, version, GOOD if version < 19 else BAD)
        found = await editor.found()
        assert (found.version, len(found.diagnostics)) == (19, 1)
        assert editor.published.empty()

    run(test, tmp_path)


def test_an_editor_that_asks_is_sent_nothing_unasked(tmp_path: Path) -> None:
    async def test(editor: Editor) -> None:
        uri = editor.open(tmp_path / "a.md", BAD)
        report = await editor.text_document_diagnostic_async(
            types.DocumentDiagnosticParams(types.TextDocumentIdentifier(uri))
        )
        assert isinstance(report, types.RelatedFullDocumentDiagnosticReport)
        assert [item.code for item in report.items] == ["MT101"]
        assert editor.published.empty()

    run(test, tmp_path, types.ClientCapabilities(text_document=PULLING))


@pytest.mark.parametrize(
    ("encoding", "character"),
    [
        (types.PositionEncodingKind.Utf8, 26),
        (types.PositionEncodingKind.Utf16, 24),
        (types.PositionEncodingKind.Utf32, 23),
        (None, 24),
    ],
)
def test_positions_count_what_was_agreed(
    tmp_path: Path, encoding: types.PositionEncodingKind | None, character: int
) -> None:
    async def test(editor: Editor) -> None:
        agreed = encoding or types.PositionEncodingKind.Utf16
        assert editor.capabilities.position_encoding == agreed
        text = f"Line\u2028end\n😀 {BAD}"
        uri = editor.open(tmp_path / "a.md", text)
        (one,) = (await editor.found()).diagnostics
        assert one.range.start == types.Position(1, character)
        actions = await editor.actions(uri, one.range)
        assert apply(text, actions["MT101: remove it"], agreed) == (
            f"Line\u2028end\n😀 {GOOD}"
        )

    encodings = [encoding] if encoding else None
    general = types.GeneralClientCapabilities(position_encodings=encodings)
    run(test, tmp_path, types.ClientCapabilities(general=general))


@given(st.text(alphabet="aé😀 \t\n\r\u2028\x0b\x85"), st.sampled_from([8, 16, 32]))
def test_positions_lead_back_to_their_offsets(text: str, width: int) -> None:
    positions = Positions(text, f"utf-{width}")
    for offset in range(len(text) + 1):
        # Between the two characters of a line end no position lies.
        if text[offset - 1 : offset + 1] != "\r\n":
            assert positions.offset(positions.position(offset)) == offset


def test_a_position_past_the_end_is_the_end() -> None:
    positions = Positions("one\ntwo", None)
    assert positions.offset(types.Position(0, 99)) == 3
    assert positions.offset(types.Position(9, 0)) == 7
    # Inside of a pair there is no place; the letter stays whole.
    assert Positions("😀", "utf-16").offset(types.Position(0, 1)) == 0


def test_what_lint_does_not_read_is_left_alone(tmp_path: Path) -> None:
    texts = {
        "a.txt": ("plaintext", True),
        "a.markdown": ("", True),
        "a.HTML": ("html", True),
        "notes": ("markdown", True),
        "a.py": ("python", False),
        "a.jsonl": ("jsonl", False),
    }

    async def test(editor: Editor) -> None:
        for name, (language, is_read) in texts.items():
            editor.open(tmp_path / name, BAD, language)
            assert len((await editor.found()).diagnostics) == is_read, name

    run(test, tmp_path)


# settings ------------------------------------------------------------------------


def test_settings_of_the_folder_hold_for_their_paths(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(
        '[tool.mtcheck.severity]\nMT101 = "info"\n'
        '[tool.mtcheck.per-path."drafts/*.md"]\nignore = ["MT1"]\n'
    )

    async def test(editor: Editor) -> None:
        editor.open(tmp_path / "drafts" / "a.md", BAD)
        assert list((await editor.found()).diagnostics) == []
        editor.open(tmp_path / "b.md", BAD)
        (one,) = (await editor.found()).diagnostics
        assert one.severity == types.DiagnosticSeverity.Information

    run(test, tmp_path)


def test_the_innermost_folder_counts_and_a_stray_file_has_its_own(
    tmp_path: Path,
) -> None:
    outer, inner, stray = (tmp_path / name for name in ("out", "out/in", "stray"))
    inner.mkdir(parents=True)
    stray.mkdir()
    (inner / "mtcheck.toml").write_text('ignore = ["MT101"]\n')

    async def test(editor: Editor) -> None:
        added = [types.WorkspaceFolder(inner.as_uri(), "in")]
        editor.workspace_did_change_workspace_folders(
            types.DidChangeWorkspaceFoldersParams(
                types.WorkspaceFoldersChangeEvent(added, [])
            )
        )
        counts = []
        for path in (outer / "a.md", inner / "a.md", stray / "a.md"):
            editor.open(path, BAD)
            counts.append(len((await editor.found()).diagnostics))
        assert counts == [1, 0, 1]

    run(test, outer)


def test_wrong_settings_are_told_once_and_right_ones_hold_at_once(
    tmp_path: Path,
) -> None:
    path = tmp_path / "mtcheck.toml"
    path.write_text('ignore = ["MT9999"]\n')

    async def test(editor: Editor) -> None:
        uri = editor.open(tmp_path / "a.md", BAD)
        assert list((await editor.found()).diagnostics) == []
        told = await editor.messages.get()
        assert told.type == types.MessageType.Error
        assert told.message.startswith(
            "config: 'MT9999' must be a code, the start of one, or the name of a rule"
        )
        editor.change(uri, 2, BAD + "More.\n")
        assert list((await editor.found()).diagnostics) == []
        assert editor.messages.empty()
        (registration,) = editor.registered
        assert registration.method == types.WORKSPACE_DID_CHANGE_WATCHED_FILES
        path.write_text("")
        kind = types.FileChangeType.Changed
        editor.workspace_did_change_watched_files(
            types.DidChangeWatchedFilesParams([types.FileEvent(path.as_uri(), kind)])
        )
        assert len((await editor.found()).diagnostics) == 1

    watching = types.DidChangeWatchedFilesClientCapabilities(dynamic_registration=True)
    workspace = types.WorkspaceClientCapabilities(did_change_watched_files=watching)
    run(test, tmp_path, types.ClientCapabilities(workspace=workspace))


def test_an_editor_that_asks_is_told_to_ask_again_of_new_settings(
    tmp_path: Path,
) -> None:
    async def test(editor: Editor) -> None:
        editor.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams([]))
        await editor.refreshed.wait()

    asking = types.DiagnosticWorkspaceClientCapabilities(refresh_support=True)
    workspace = types.WorkspaceClientCapabilities(diagnostics=asking)
    run(test, tmp_path, types.ClientCapabilities(workspace, PULLING))


def test_a_baseline_holds_in_the_editor_too(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text(BAD)
    (tmp_path / "mtcheck.toml").write_text('baseline = "known.json"\n')
    update = ("lint", "--baseline", "known.json", "--update-baseline", "a.md")
    subprocess.run([sys.executable, "-m", "mtcheck", *update], cwd=tmp_path, check=True)

    async def test(editor: Editor) -> None:
        uri = editor.open(path, BAD)
        assert list((await editor.found()).diagnostics) == []
        editor.change(uri, 2, MORE_BAD)
        found = (await editor.found()).diagnostics
        assert [item.range.start.line for item in found] == [2, 4]

    run(test, tmp_path)


# actions and hovers --------------------------------------------------------------


def test_a_finding_is_mended_or_ignored_by_an_action(tmp_path: Path) -> None:
    async def test(editor: Editor) -> None:
        uri = editor.open(tmp_path / "a.md", BAD)
        (one,) = (await editor.found()).diagnostics
        actions = await editor.actions(uri, one.range)
        assert list(actions) == [
            "MT101: remove it",
            "MT101: ignore orphan-full-stop here",
            "mtcheck: mend what is safe",
        ]
        for title in list(actions)[:2]:
            assert list(actions[title].diagnostics or []) == [one]
        assert actions["MT101: remove it"].is_preferred
        assert apply(BAD, actions["MT101: remove it"]) == GOOD
        ignored = apply(BAD, actions["MT101: ignore orphan-full-stop here"])
        assert ignored == (
            "He met the president. . They spoke for an hour. "
            "<!-- mtcheck: ignore MT101 -- reason -->\n"
        )
        editor.change(uri, 2, ignored)
        assert list((await editor.found()).diagnostics) == []

    run(test, tmp_path)


def test_all_that_is_safe_is_mended_at_once(tmp_path: Path) -> None:
    async def test(editor: Editor) -> None:
        uri = editor.open(tmp_path / "a.md", MORE_BAD)
        found = await editor.found()
        nowhere = types.Range(types.Position(0, 0), types.Position(0, 0))
        actions = await editor.actions(uri, nowhere, ["source.fixAll"])
        (action,) = actions.values()
        assert action.kind == "source.fixAll.mtcheck"
        assert len(found.diagnostics) == 3
        assert apply(MORE_BAD, action) == MORE_BAD.replace(". .", ".")
        assert await editor.actions(uri, found.diagnostics[0].range, ["refactor"]) == {}
        editor.change(uri, 2, GOOD)
        await editor.found()
        assert await editor.actions(uri, nowhere) == {}

    run(test, tmp_path)


def test_in_a_page_the_comment_stands_before_the_finding(tmp_path: Path) -> None:
    page = f'<p>{BAD.strip()}</p><p\nclass="b">More.</p>\n'

    async def test(editor: Editor) -> None:
        uri = editor.open(tmp_path / "a.html", page, "html")
        (one,) = (await editor.found()).diagnostics
        actions = await editor.actions(uri, one.range, ["quickfix"])
        ignored = apply(page, actions["MT101: ignore orphan-full-stop here"])
        assert ignored.startswith(
            "<p>He met the president.<!-- mtcheck: ignore MT101 -- reason --> . They"
        )
        editor.change(uri, 2, ignored)
        assert list((await editor.found()).diagnostics) == []

    run(test, tmp_path)


@pytest.mark.parametrize("kind", types.MarkupKind)
def test_a_hover_says_what_explain_says(tmp_path: Path, kind: types.MarkupKind) -> None:
    (rule,) = [rule for rule in all_rules() if rule.code == "MT101"]

    async def test(editor: Editor) -> None:
        uri = editor.open(tmp_path / "a.md", BAD)
        await editor.found()
        shown = await editor.hover(uri, types.Position(0, 22))
        assert shown is not None
        assert "MT101 orphan-full-stop" in shown
        assert rule.why in shown
        assert rule.good[0] in shown
        assert ("**" in shown) == (kind == types.MarkupKind.Markdown)
        assert await editor.hover(uri, types.Position(0, 2)) is None

    hover = types.HoverClientCapabilities(content_format=[kind])
    texts = types.TextDocumentClientCapabilities(hover=hover)
    run(test, tmp_path, types.ClientCapabilities(text_document=texts))


# without the extra ---------------------------------------------------------------


def test_without_pygls_the_command_says_how_to_get_it() -> None:
    code = (
        "import sys; sys.modules['pygls'] = None; "
        "from mtcheck.cli import main; sys.exit(main(['lsp']))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "mtcheck: the language server needs pygls, which is not installed; "
        "run pip install 'mtcheck[lsp]'\n"
    )


def test_an_offset_is_a_span() -> None:
    positions = Positions("one two", None)
    assert positions.span(positions.range(Span(4, 7))) == Span(4, 7)
