"""The description of the API; requests are checked by its very schemas."""

import json
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from jsonschema import Draft202012Validator

from mtcheck import __version__
from mtcheck.config import Config
from mtcheck.languages import languages


def describe_api(settings: Config, models: list[str]) -> dict[str, Any]:
    """Return the OpenAPI description, with the choices and defaults that hold here.

    The first model is the one that is used where none is named.
    """
    text = files("mtcheck.web").joinpath("openapi.json").read_text("utf-8")
    found: dict[str, Any] = json.loads(text)
    found["info"]["version"] = __version__
    schemas = found["components"]["schemas"]
    schemas |= _lint_schemas()
    score = schemas["ScoreRequest"]["properties"]
    for fields in (score, schemas["LintRequest"]["properties"]):
        fields["language"] |= _choice(settings.language, ["auto", *languages()])
    score["model"] |= _choice(models[0], models)
    for name in ("level", "tier", "paragraphs"):
        score[name]["default"] = getattr(settings, name)
    return found


def checker(api: Mapping[str, Any], name: str) -> Draft202012Validator:
    """Return what checks requests by a schema of the description."""
    return Draft202012Validator(api["components"]["schemas"][name])


def _choice(default: str, choices: list[str]) -> dict[str, Any]:
    return {"enum": choices, "default": default}


def _lint_schemas() -> dict[str, Any]:
    """Return the schemas of a report of ``lint``, which are those of the command."""
    name = "findings.schema.json"
    text = files("mtcheck.linting.formats").joinpath(name).read_text("utf-8")
    report = json.loads(text.replace("#/$defs/", "#/components/schemas/Lint."))
    parts: dict[str, Any] = report.pop("$defs")
    del report["$schema"]
    named = {f"Lint.{name}": schema for name, schema in parts.items()}
    return {**named, "LintReport": report}
