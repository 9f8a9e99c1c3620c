"""``python -m benchmarks.false_alarms``: what the rules find in clean human text."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from benchmarks.human_rows import HUMAN, Linted, human_rows, lint_rows, own_rows
from benchmarks.judgements import JUDGEMENTS, draw, drawn_lines, judged_lines
from benchmarks.record import (
    ROOT,
    data_file,
    data_option,
    fingerprint,
    output_option,
    part_option,
    signature,
    table,
    write,
)
from mtcheck.errors import InputError
from mtcheck.languages import languages
from mtcheck.rules import Rule, all_rules

TARGETS = {"edited": 0.3, "other": 1.0}
"""Findings that a thousand words may have, by the group of their genre."""

N_RULES = 10
"""Rules that are named: those that misfire most."""

_CODE = ("rules/*.py", "languages/*.toml", "languages.py", "segment.py")


def code_fingerprint(folder: Path) -> str:
    """Return the start of the SHA-256 of all that decides what is found."""
    paths = sorted(path for pattern in _CODE for path in folder.glob(pattern))
    content = b"".join(path.read_bytes() for path in paths)
    return hashlib.sha256(content).hexdigest()[:12]


def assess(linted: Sequence[Linted]) -> dict[str, Any]:
    """Return all that is reported of the rows of one language."""
    targets = []
    for (detail, group), items in _grouped(linted, _detail_and_group):
        found = {"detail": detail, "group": group, **_counts(items)}
        most = TARGETS[group]
        targets.append(found | {"most": most, "is_met": found["rate"] <= most})
    return {
        "n": len(linted),
        "targets": targets,
        "rules": _rules(linted),
        "genres": [
            {"detail": detail, "genre": genre, "group": group, **_counts(items)}
            for (detail, group, genre), items in _grouped(
                linted, lambda item: (*_detail_and_group(item), item.row.genre)
            )
        ],
        "sources": [
            {"source": source, "detail": detail, **_counts(items)}
            for (detail, source), items in _grouped(
                linted, lambda item: (item.row.detail, item.row.source)
            )
        ],
    }


def _detail_and_group(item: Linted) -> tuple[str, ...]:
    return item.row.detail, item.row.group


def _grouped(
    linted: Iterable[Linted], key: Callable[[Linted], tuple[str, ...]]
) -> list[tuple[tuple[str, ...], list[Linted]]]:
    groups: dict[tuple[str, ...], list[Linted]] = {}
    for item in linted:
        groups.setdefault(key(item), []).append(item)
    return sorted(groups.items(), key=lambda pair: pair[0])


def _counts(items: Sequence[Linted]) -> dict[str, Any]:
    n_words = sum(item.n_words for item in items)
    n_findings = sum(len(item.findings) for item in items)
    return {
        "rows": len(items),
        "words": n_words,
        "findings": n_findings,
        "rate": _rate(n_findings, n_words),
    }


def _rate(n_findings: int, n_words: int) -> float:
    return 1000 * n_findings / n_words if n_words else 0.0


def _rules(linted: Sequence[Linted]) -> list[dict[str, Any]]:
    """Return each rule that found something, the most frequent first."""
    found: dict[str, Counter[str]] = {}
    words: Counter[str] = Counter()
    names = {}
    for item in linted:
        words[item.row.group] += item.n_words
        for finding in item.findings:
            names[finding.code] = finding.name
            counter = found.setdefault(finding.code, Counter())
            counter.update((item.row.group, f"genre {item.row.genre}"))
    rules = []
    for code, counter in found.items():
        genres = [(n, name[6:]) for name, n in counter.items() if name[:6] == "genre "]
        rates = {group: _rate(counter[group], words[group]) for group in TARGETS}
        n_findings = sum(counter[group] for group in TARGETS)
        rules.append(
            {
                "code": code,
                "name": names[code],
                "findings": n_findings,
                "rate": _rate(n_findings, words.total()),
                **rates,
                "genres": {name: n for n, name in sorted(genres, reverse=True)},
            }
        )
    return sorted(rules, key=lambda rule: (-rule["findings"], rule["code"]))


def report(raw: Mapping[str, Any]) -> list[str]:
    """Return the lines of the Markdown report."""
    count_header = ("rows", "words", "findings", "a 1,000 words")
    noisy = sorted(raw["sources"], key=lambda item: -item["findings"])[:N_RULES]
    return [
        f"# False alarms, {raw['language']}",
        "",
        f"`{raw['signature']}`",
        "",
        f"Findings of `mtcheck lint` in the {raw['n']:,} paragraphs of "
        f"{raw['part']} that people wrote or translated, each a "
        "document of its own. Slips of the author and of the corpus count as well.",
        "",
        *table(
            ("text", *count_header, "target", ""),
            [
                (
                    f"{item['detail']}, {item['group']} genres",
                    *_cells(item),
                    f"≤ {item['most']:.1f}",
                    "pass" if item["is_met"] else "miss",
                )
                for item in raw["targets"]
            ],
        ),
        "",
        "## The rules that misfire most",
        "",
        *table(
            ("rule", "findings", "a 1,000 words", *TARGETS, "most in"),
            map(_rule_cells, raw["rules"][:N_RULES]),
        ),
        "",
        "## By genre",
        "",
        *table(
            ("genre", *count_header),
            [
                (f"{item['detail']}, {item['group']}: {item['genre']}", *_cells(item))
                for item in raw["genres"]
            ],
        ),
        "",
        "## The sources with most findings",
        "",
        *table(
            ("source", *count_header),
            [(f"{item['source']}, {item['detail']}", *_cells(item)) for item in noisy],
        ),
    ]


def _cells(item: Mapping[str, Any]) -> list[str]:
    counts = [f"{item[name]:,}" for name in ("rows", "words", "findings")]
    return [*counts, f"{item['rate']:.3f}"]


def _rule_cells(rule: Mapping[str, Any]) -> list[str]:
    genres = [f"{name} {n}" for name, n in rule["genres"].items()][:3]
    rates = [f"{rule[name]:.3f}" for name in ("rate", *TARGETS)]
    name = f"{rule['code']} {rule['name']}"
    return [name, f"{rule['findings']:,}", *rates, ", ".join(genres)]


def chosen_rules(codes: Sequence[str]) -> list[Rule] | None:
    """Return the rules whose codes start with one of ``codes``; None means all."""
    if not codes:
        return None
    rules = [rule for rule in all_rules() if rule.code.startswith(tuple(codes))]
    if not rules:
        raise click.ClickException(f"--rule {' '.join(codes)}: no rule has that code")
    return rules


@click.command()
@click.argument("files", nargs=-1, metavar="[FILE]...")
@click.option("--group-field", help="Field of a FILE's records to count by.")
@data_option("paragraphs/")
@click.option("--language", help="Code. [default: all that mtcheck knows]")
@part_option
@click.option("--rule", "codes", multiple=True, help="Only codes that start like this.")
@click.option(
    "--draw", "n_drawn", type=click.IntRange(1), help="Findings to show for judging."
)
@click.option("--seed", default=7, show_default=True, help="Seed of the draw.")
@click.option("--judged", is_flag=True, help="Show how those judged came out.")
@click.option(
    "--judgements", type=click.Path(path_type=Path), default=JUDGEMENTS, help="File."
)
@output_option
def main(
    files: tuple[str, ...],
    group_field: str | None,
    data: Path,
    language: str | None,
    part: str,
    codes: tuple[str, ...],
    n_drawn: int | None,
    seed: int,
    judged: bool,
    judgements: Path,
    output: Path,
) -> None:
    """Count findings in human rows; nothing is written where --rule picks some.

    With --draw, findings are drawn and shown for judging; with --judged, the kept
    judgements are counted by rule. A FILE of yours has records (.jsonl, .csv, .tsv,
    .parquet, packed or not) with text and the label original; others are left out. What
    is found in it is shown and not written.
    """
    rules = chosen_rules(codes)
    if files:
        click.echo("\n".join(report(_own(files, group_field, rules))))
        return
    paths = {
        code: data_file(data, part, code)
        for code in ([language] if language else languages())
    }
    linted = {
        code: list(lint_rows(human_rows(path), rules)) for code, path in paths.items()
    }
    if n_drawn:
        chosen = draw(linted, n_drawn, seed)
        click.echo("\n".join(drawn_lines(chosen, judgements)))
    elif judged:
        click.echo("\n".join(judged_lines(linted, judgements)))
    else:
        for code, items in linted.items():
            name = f"{part}.{code}"
            raw = _raw(items, code, name, f"{name}@{fingerprint(paths[code])}", rules)
            lines = report(raw)
            if rules is None and part == "dev":
                write(output, f"false_alarms.{code}", lines, raw)
            click.echo("\n".join(lines) + "\n")


def _own(
    files: Sequence[str], group_field: str | None, rules: Sequence[Rule] | None
) -> dict[str, Any]:
    """Return what is reported of a user's files; what is lost is named."""
    rows = []
    for outcome in own_rows(files, group_field):
        if isinstance(outcome, InputError):
            click.echo(f"lost: {outcome}", err=True)
        else:
            rows.append(outcome)
    if not rows:
        raise click.ClickException(f"{', '.join(files)}: no text is labelled original")
    names = [Path(path).name for path in files]
    signed = ",".join(
        f"{name}@{fingerprint(Path(path))}"
        for name, path in zip(names, files, strict=True)
        if Path(path).is_file()
    )
    language = "+".join(sorted({row.language for row in rows}))
    items = list(lint_rows(rows, rules))
    return _raw(items, language, ", ".join(names), signed, rules)


def _raw(
    items: Sequence[Linted],
    language: str,
    name: str,
    data: str,
    rules: Sequence[Rule] | None,
) -> dict[str, Any]:
    settings = {
        "rules": f"{len(rules or all_rules())}@{code_fingerprint(ROOT / 'mtcheck')}",
        "lang": language,
        "data": data,
        "detail": "+".join(HUMAN),
    }
    return {
        "signature": signature(None, **settings),
        "language": language,
        "part": name,
        **assess(items),
    }


if __name__ == "__main__":
    main()
