"""A report as one HTML file that asks for nothing: no network, no other file."""

import hashlib
from base64 import b64encode
from collections.abc import Iterator, Mapping
from html import escape
from pathlib import Path
from typing import Any

from mtcheck.benchmarking.figures import MADE
from mtcheck.benchmarking.report import plots
from mtcheck.benchmarking.report.contents import (
    is_of_systems,
    losses,
    summary,
    tables,
)
from mtcheck.benchmarking.report.systems import drawings
from mtcheck.benchmarking.report.tables import FIELDS, Report, Table, name_of
from mtcheck.types import LABELS

_HERE = Path(__file__).parent
_SHADES = 5


def page(report: Report) -> str:
    """Return the page; all that comes from texts and names is escaped."""
    style = (_HERE / "page.css").read_text("utf-8")
    script = (_HERE / "page.js").read_text("utf-8")
    policy = (
        f"default-src 'none'; style-src {_source(style)}; "
        f"script-src {_source(script)}; base-uri 'none'; form-action 'none'"
    )
    return "\n".join(
        [
            '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            "<title>mtcheck benchmark</title>",
            f"<style>{style}</style>\n</head>\n<body>",
            *_body(report),
            f"<script>{script}</script>\n</body>\n</html>\n",
        ]
    )


def _source(text: str) -> str:
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return f"'sha256-{b64encode(digest).decode('ascii')}'"


def _body(report: Report) -> Iterator[str]:
    sections = list((_on_systems if is_of_systems(report) else _sections)(report))
    yield f"<header>\n<h1>Benchmark</h1>\n<p>{escape(summary(report))}</p>"
    yield f"<p><code>{escape(report['signature'])}</code></p>"
    told = "".join(f"<li>{escape(line)}</li>" for line in losses(report))
    yield f"<ul>{told}</ul>" if told else ""
    links = "".join(
        f'<li><a href="#s{at}">{escape(title)}</a></li>'
        for at, (title, _) in enumerate(sections)
    )
    yield f'</header>\n<nav aria-label="Sections"><ul>{links}</ul></nav>\n<main>'
    for at, (title, content) in enumerate(sections):
        yield f'<section aria-labelledby="s{at}"><h2 id="s{at}">{escape(title)}</h2>'
        yield f"{content}</section>"
    yield "</main>"


def _sections(report: Report) -> Iterator[tuple[str, str]]:
    models = report["models"]
    first, second, *rest = tables(report)
    yield first.title, _table(first)
    yield second.title, _table(second)
    drawn = [
        f"<figure><figcaption>{escape(label)}</figcaption>"
        f"{plots.roc(label, models)}</figure>"
        for label in MADE
        if any(model["curves"][label] for model in models)
    ]
    note = (
        "How many are found, by how many originals are called so; the axis is "
        "logarithmic, since what matters is near zero."
    )
    if drawn:
        title = "Found at few false alarms"
        yield title, f"{_note(note)}<div class=row>{''.join(drawn)}</div>"
    drawn = [
        f"<figure><figcaption>{escape(model['name'])}</figcaption>"
        f"{plots.reliability(model)}</figure>"
        for model in models
        if model["reliability"]
    ]
    note = (
        "The share that is right by how sure the model was; a larger dot stands for "
        "more texts. On the broken line confidence holds what it says."
    )
    if drawn:
        yield "Calibration", f"{_note(note)}<div class=row>{''.join(drawn)}</div>"
    drawn = [_confusion(model) for model in models]
    note = "Rows are what texts are, columns what they are called; shares are of a row."
    yield "Confusion", f"{_note(note)}<div class=row>{''.join(drawn)}</div>"
    strata = {FIELDS[one["field"]]: one["field"] for one in report["strata"]}
    for table in rest:
        if table.title == "Confusion":
            continue
        bars = _bars(report, strata[table.title]) if table.title in strata else ""
        yield table.title, _table(table) + bars
    if any(model["errors"] for model in models):
        yield "Worst errors", "".join(map(_errors, models))


def _on_systems(report: Report) -> Iterator[tuple[str, str]]:
    drawn = drawings(report)
    for table in tables(report):
        figure = drawn.get(table.title, "")
        yield table.title, _table(table) + (f"<figure>{figure}</figure>" * bool(figure))


def _note(text: str) -> str:
    return f'<p class="note">{escape(text)}</p>' if text else ""


def _table(table: Table) -> str:
    names = ['class="name"'] * table.n_names
    kinds = names + [""] * (len(table.header) - table.n_names)
    head = "".join(
        f'<th scope="col" {kind}>{escape(name)}</th>'
        for kind, name in zip(kinds, table.header, strict=True)
    )
    rows = []
    for row in table.rows:
        cells = []
        for kind, cell in zip(kinds, row, strict=True):
            sort = "" if cell.number is None else f' data-number="{cell.number!r}"'
            cells.append(f"<td {kind}{sort}>{escape(cell.text)}</td>")
        rows.append(f"<tr>{''.join(cells)}</tr>")
    return (
        f'<div class="scroll" tabindex="0" role="region" '
        f'aria-label="{escape(table.title)}, table"><table class="sortable"><thead>'
        f"<tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
        f"{_note(table.note)}"
    )


def _confusion(model: Mapping[str, Any]) -> str:
    head = "".join(f'<th scope="col">{label}</th>' for label in LABELS)
    rows = []
    for at, (label, counts) in enumerate(zip(LABELS, model["confusion"], strict=True)):
        cells = []
        for place, count in enumerate(counts):
            share = count / (sum(counts) or 1)
            kind = f"s{round(share * _SHADES)}" + (" right" if place == at else "")
            cells.append(f'<td class="{kind}">{share:.0%}<small>{count:,}</small></td>')
        rows.append(f'<tr><th scope="row">{label}</th>{"".join(cells)}</tr>')
    return (
        f'<div><table class="confusion"><caption>{escape(model["name"])}</caption>'
        f"<thead><tr><td></td>{head}</tr></thead><tbody>{''.join(rows)}</tbody>"
        "</table></div>"
    )


def _bars(report: Report, field: str) -> str:
    """Return the bars of each figure that strata of a field are compared by."""
    names = [model["name"] for model in report["models"]]
    strata = [one for one in report["strata"] if one["field"] == field]
    found = []
    for key in ("macro_f1", *(f"auc.{label}" for label in MADE), "recall.original"):
        rows = []
        for one in strata:
            own = [
                (name, one["models"][name][key])
                for name in names
                if one["models"][name].get(key, {}).get("value") is not None
            ]
            if own:
                rows.append((f"{one['value']} ({one['n']:,})", own))
        if rows:
            title = f"{name_of(key)} by {FIELDS[field].lower()}"
            about = f"{title}, with 95 % intervals; the numbers are in the table."
            found.append(
                f"<details><summary>{escape(title)}, drawn</summary><figure>"
                f"{plots.bars(rows, about)}</figure></details>"
            )
    return "".join(found)


def _errors(model: Mapping[str, Any]) -> str:
    items = []
    for one in model["errors"]:
        reasons = "; ".join(
            f"{reason['feature']} {reason['effect']:+.2f}"
            + (f" (“{reason['words']}”)" if reason["words"] else "")
            for reason in one["reasons"]
        )
        told = f"{one['id']}: {one['label']}, called {one['said']} with "
        items.append(
            f"<li>{escape(told)}{one['probability']:.0%}"
            f"<blockquote>{escape(one['text'])}</blockquote>"
            f"{_note(f'because {reasons}') if reasons else ''}</li>"
        )
    name = escape(model["name"])
    return (
        f"<details><summary>{name}: the {len(items)} surest wrong labels</summary>"
        f'<ol class="errors">{"".join(items)}</ol></details>'
    )
