"""Settings, models and outputs that will not do."""

import os
from pathlib import Path

from bad_inputs.making import (
    DEEP,
    DONE,
    FAULTY,
    GOOD,
    LINT,
    NOTHING,
    SCORE,
    SCORED,
    SOME,
    Case,
    all_of,
    put,
)

SETTINGS = (
    Case(
        "Settings",
        "a key that is not known",
        f"{SCORE} good.txt",
        NOTHING,
        ("config: 'colour' is not known (in …/mtcheck.toml); known keys: …",),
        make=put("mtcheck.toml", "colour = 1\n"),
    ),
    Case(
        "Settings",
        "a value of another type",
        f"{SCORE} good.txt",
        NOTHING,
        ("config: jobs must be a whole number, got True (in …/mtcheck.toml)",),
        make=put("mtcheck.toml", "jobs = true\n"),
    ),
    Case(
        "Settings",
        "a value out of range",
        f"{SCORE} good.txt",
        NOTHING,
        ("config: jobs must be at least 0, got -1 (in …/mtcheck.toml)",),
        make=put("mtcheck.toml", "jobs = -1\n"),
    ),
    Case(
        "Settings",
        "settings that are no TOML",
        f"{SCORE} good.txt",
        NOTHING,
        (
            "config: …/mtcheck.toml is not valid TOML (Invalid value (at line 1, "
            "column 8))",
        ),
        make=put("mtcheck.toml", "jobs = \n"),
    ),
    Case(
        "Settings",
        "settings that are not UTF-8",
        f"{SCORE} good.txt",
        NOTHING,
        (
            "config: …/mtcheck.toml is not valid TOML ('utf-8' codec can't decode "
            "byte 0xff in position 9: invalid start byte)",
        ),
        make=put("mtcheck.toml", b"model = '\xff'\n"),
    ),
    Case(
        "Settings",
        "TOML nested 100,000 deep",
        f"{SCORE} good.txt",
        NOTHING,
        ("config: …/mtcheck.toml is nested too deep; flatten it",),
        make=put("mtcheck.toml", "a = " + "[" * DEEP),
    ),
    Case(
        "Settings",
        "an output out of the folder of the settings",
        f"{SCORE} good.txt",
        NOTHING,
        (
            "config: output must be in the folder of the settings or below, got "
            "'../out.txt'; give --output to write elsewhere (in …/mtcheck.toml)",
        ),
        make=put("mtcheck.toml", "output = '../out.txt'\n"),
    ),
    Case(
        "Settings",
        "a pattern of a million stars",
        f"{LINT} good.txt",
        DONE,
        (),
        make=put(
            "mtcheck.toml", "[per-path.\"%s\"]\nignore = ['MT1']\n" % ("*a" * 500)
        ),
    ),
    Case(
        "Settings",
        "a rule that is not known",
        f"{LINT} --select MT99x good.txt",
        NOTHING,
        (
            "config: 'MT99x' must be a code, the start of one, or the name of a "
            "rule; codes: …",
        ),
    ),
    Case(
        "Settings",
        "a baseline that is not there",
        f"{LINT} --baseline b.json good.txt",
        NOTHING,
        ("config: baseline 'b.json' does not exist; write it with --update-baseline",),
    ),
    Case(
        "Settings",
        "a baseline that is no JSON",
        f"{LINT} --baseline b.json good.txt",
        NOTHING,
        (
            "config: baseline 'b.json' is not JSON (Expecting property name "
            "enclosed in double quotes: line 1 column 2 (char 1)); name another "
            "file",
        ),
        make=put("b.json", "{"),
    ),
    Case(
        "Settings",
        "a baseline nested 100,000 deep",
        f"{LINT} --baseline b.json good.txt",
        NOTHING,
        ("config: baseline 'b.json' is not JSON (…); name another file",),
        make=put("b.json", "[" * DEEP),
    ),
    Case(
        "Settings",
        "a baseline of something else",
        f"{LINT} --baseline b.json --update-baseline good.txt",
        NOTHING,
        ("config: baseline 'b.json' is no baseline; name another file",),
        make=put("b.json", "{}"),
    ),
    Case(
        "Settings",
        "an option of git for a revision",
        f"{LINT} --diff=--output=x good.txt",
        NOTHING,
        ("config: diff must be a revision of git, got '--output=x'",),
    ),
    Case(
        "Settings",
        "a comment that silences with a wrong code",
        f"{LINT} bad.md",
        SOME,
        ("2 findings, 1 can be mended with --fix",),
        ("bad.md",),
        make=put("bad.md", "<!-- mtcheck: ignore MT9999 -- no -->\n" + FAULTY),
    ),
)


MODELS = (
    Case(
        "Models",
        "a model that is not there",
        f"{SCORE} --model none good.txt",
        NOTHING,
        (
            "model must be an installed name or a model folder, got 'none'; "
            "installed: base",
        ),
    ),
    Case(
        "Models",
        "a folder without a card",
        f"{SCORE} --model m good.txt",
        NOTHING,
        (
            "model must be an installed name or a model folder, got 'm'; "
            "installed: base",
        ),
        make=lambda: Path("m").mkdir(),
    ),
    Case(
        "Models",
        "a card nested 100,000 deep",
        f"{SCORE} --model m good.txt",
        NOTHING,
        ("m/card.json: the card cannot be read (…)",),
        make=put("m/card.json", "[" * DEEP),
    ),
    Case(
        "Models",
        "a card of nothing",
        "models m",
        NOTHING,
        (
            "m/card.json: the card lacks data, files, format, languages, "
            "licences, metrics, name, schema, signature, thresholds, version",
        ),
        make=put("m/card.json", "{}"),
    ),
)


OUTPUT = (
    Case(
        "Output",
        "a full disk",
        f"{SCORE} good.txt --output /dev/full",
        NOTHING,
        ("/dev/full: cannot be written (No space left on device)",),
    ),
    Case(
        "Output",
        "a full disk, filtered",
        "filter scores.jsonl --keep 'start >= 0' --output full.jsonl",
        NOTHING,
        ("full.jsonl: cannot be written (No space left on device)",),
        make=all_of(
            put("scores.jsonl", SCORED), lambda: os.symlink("/dev/full", "full.jsonl")
        ),
    ),
    Case(
        "Output",
        "a file for a folder",
        f"{SCORE} good.txt --output good.txt/scores.jsonl",
        NOTHING,
        ("good.txt/.scores.jsonl.parts: cannot be written (Not a directory)",),
    ),
    Case(
        "Output",
        "a place where nobody may write",
        f"{SCORE} good.txt --output /proc/scores.jsonl",
        NOTHING,
        ("/proc/.scores.jsonl.parts: cannot be written (No such file or directory)",),
    ),
    Case(
        "Output",
        "the input itself",
        f"{SCORE} good.txt --output good.txt",
        NOTHING,
        ("config: output must not be an input, got 'good.txt'; name another file",),
    ),
    Case(
        "Output",
        "the folder of the input",
        f"{SCORE} texts --output texts/",
        NOTHING,
        ("config: output must not be an input, got 'texts'; name another file",),
        make=put("texts/a.txt", GOOD),
    ),
    Case(
        "Output",
        "a folder of other things",
        f"{SCORE} good.txt --output texts/",
        NOTHING,
        (
            "config: output must be a new or an empty folder, or that of a run "
            "that was stopped, got 'texts'; name another one",
        ),
        make=put("texts/a.txt", GOOD),
    ),
    Case(
        "Output",
        "a damaged manifest",
        f"{SCORE} good.txt --output s/",
        NOTHING,
        ("s/_manifest.json: cannot be read (…); remove the folder and begin again",),
        made=("s/_journal.jsonl",),
        make=put("s/_manifest.json", "[" * DEEP),
    ),
    Case(
        "Output",
        "a manifest of another shape",
        f"{SCORE} good.txt --output s/",
        NOTHING,
        (
            "s/_manifest.json: cannot be read (it is no manifest of a run); "
            "remove the folder and begin again",
        ),
        made=("s/_journal.jsonl",),
        make=put("s/_manifest.json", '{"format": 1}'),
    ),
)
