"""The language server: editors show what ``lint`` finds while one writes."""

from mtcheck.errors import ResourceError


def serve() -> None:
    """Answer an editor over standard input and output until it ends the server.

    A ResourceError says how to install what is missing.
    """
    try:
        from mtcheck.lsp.answers import make_server
    except ModuleNotFoundError as error:
        if (error.name or "").split(".")[0] not in ("pygls", "lsprotocol"):
            raise
        raise ResourceError(
            "the language server needs pygls, which is not installed; "
            "run pip install 'mtcheck[lsp]'"
        ) from None
    make_server().start_io()
