"""The addresses of the server, and what is done at each."""

from functools import partial
from http import HTTPStatus
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from mtcheck.config import Config
from mtcheck.errors import MtcheckError
from mtcheck.linting import Linted
from mtcheck.linting.formats.json import FORMAT as LINT_JSON
from mtcheck.linting.run import plain_linter
from mtcheck.models import Model, model_folders, open_model
from mtcheck.report import Screen
from mtcheck.report.jsonl import as_object
from mtcheck.scoring import score
from mtcheck.types import Document, Scored
from mtcheck.web.bodies import read_form, read_json
from mtcheck.web.desk import Desk
from mtcheck.web.guard import Guard
from mtcheck.web.openapi import checker, describe_api
from mtcheck.web.page import page_headers, page_lines
from mtcheck.web.refusals import json_response, json_text, problem

LARGEST = 1_000_000
"""Bytes of a request: a novel, which takes seconds."""

SLOWEST = 10.0
"""Seconds in which a body must have come."""


def make_app(
    settings: Config, desk: Desk, *, largest: int = LARGEST, slowest: float = SLOWEST
) -> ASGIApp:
    """Return the app; a ConfigError or a ModelError says why there is none."""
    app = _App(settings, desk, {"limit": largest, "seconds": slowest})
    return Guard(app.starlette(), settings.host)


class _App:
    def __init__(self, settings: Config, desk: Desk, read: dict[str, Any]) -> None:
        self._settings = settings
        self._desk = desk
        self._read = read
        self._models = _open_models(settings.model)
        self._linter = plain_linter(settings)
        self._api = describe_api(settings, [*self._models])
        self._score_schema = checker(self._api, "ScoreRequest")
        self._lint_schema = checker(self._api, "LintRequest")

    def starlette(self) -> Starlette:
        """Return the app with its routes; what goes wrong is told as a problem."""
        return Starlette(
            routes=[
                Route("/", self.show, methods=["GET", "POST"]),
                Route("/api/score", self.score, methods=["POST"]),
                Route("/api/lint", self.lint, methods=["POST"]),
                Route("/api/models", self.models, methods=["GET"]),
                Route("/openapi.json", self.describe, methods=["GET"]),
            ],
            exception_handlers={
                HTTPException: _tell_refusal,
                MtcheckError: _tell_failure,
                Exception: _tell_fault,
            },
        )

    async def show(self, request: Request) -> Response:
        """Answer with the page, and with the marked text if one was pasted there."""
        text = language = ""
        if request.method != "POST":
            return self._page()
        try:
            fields = await read_form(request, **self._read)
            text, language = fields.get("text", ""), fields.get("language", "")
            known = self._api["components"]["schemas"]["ScoreRequest"]["properties"]
            if language not in known["language"]["enum"]:
                language = self._settings.language
            asked = {"text": text, "language": language, "document": "Your text"}
            scored = await self._desk.do(partial(self._scored, asked))
        except HTTPException as error:
            return self._page(text, language, error=error)
        return self._page(text, language, scored)

    async def score(self, request: Request) -> Response:
        """Answer with the verdicts on a text."""
        asked = await read_json(request, self._score_schema, **self._read)
        scored = await self._desk.do(partial(self._scored, asked))
        model = self._models[asked.get("model", next(iter(self._models)))]
        verdicts = [as_object(verdict) for verdict in scored.verdicts]
        return json_response({"model": model.signature, "verdicts": verdicts})

    async def lint(self, request: Request) -> Response:
        """Answer with the findings in a text."""
        asked = await read_json(request, self._lint_schema, **self._read)
        linted: Linted = await self._desk.do(
            partial(self._linter.lint, self._document(asked))
        )
        return json_text("\n".join(LINT_JSON.render([linted], Screen())))

    async def models(self, request: Request) -> Response:
        """Answer with the models that requests may name."""
        listed = [
            {"name": name, "signature": model.signature, "languages": model.languages}
            for name, model in self._models.items()
        ]
        return json_response({"models": listed})

    async def describe(self, request: Request) -> Response:
        """Answer with the OpenAPI description."""
        return json_response(self._api)

    def _scored(self, asked: dict[str, Any]) -> Scored:
        settings = self._settings
        name = asked.get("model", next(iter(self._models)))
        (scored,) = score(
            [self._document(asked)],
            model=self._models[name].folder,
            tier=asked.get("tier", settings.tier),
            level=asked.get("level", settings.level),
            paragraphs=asked.get("paragraphs", settings.paragraphs),
        )
        return scored

    def _document(self, asked: dict[str, Any]) -> Document:
        language = asked.get("language", self._settings.language)
        name = asked.get("document", "-")
        return Document(
            asked["text"], name, None, None if language == "auto" else language
        )

    def _page(
        self,
        text: str = "",
        language: str = "",
        scored: Scored | None = None,
        error: HTTPException | None = None,
    ) -> Response:
        chosen = language or self._settings.language
        told = error.detail if error else ""
        content = "\n".join(page_lines(text, chosen, scored, told))
        headers = {**page_headers(), **((error and error.headers) or {})}
        return HTMLResponse(content, error.status_code if error else 200, headers)


def _open_models(chosen: str) -> dict[str, Model]:
    """Return the models by name, that of the settings first."""
    first = open_model(chosen)
    others = [open_model(folder) for folder in model_folders().values()]
    return {first.name: first} | {
        model.name: model for model in others if model.name != first.name
    }


async def _tell_refusal(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    detail = error.detail
    if error.status_code == HTTPStatus.NOT_FOUND:
        detail = "there is nothing here; /openapi.json says what there is"
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        detail = f"{request.method} is not allowed here"
    return problem(error.status_code, detail, error.headers)


async def _tell_failure(request: Request, error: Exception) -> Response:
    return problem(HTTPStatus.INTERNAL_SERVER_ERROR, str(error))


async def _tell_fault(request: Request, error: Exception) -> Response:
    return problem(HTTPStatus.INTERNAL_SERVER_ERROR, "the server is at fault")
