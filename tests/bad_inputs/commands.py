"""What commands but ``score`` are given."""

import os

from bad_inputs.making import (
    DEEP,
    DONE,
    FAULTY,
    GOOD,
    LINT,
    MIB,
    NOTHING,
    SOME,
    Case,
    all_of,
    grown,
    line,
    put,
    put_lines,
)

OTHERS = (
    Case(
        "Other commands",
        "lint: a file that is not there",
        f"{LINT} novel.txt bad.txt",
        NOTHING,
        (
            "novel.txt: does not exist; check the spelling",
            "1 finding, 1 can be mended with --fix",
        ),
        ("bad.txt",),
        make=put("bad.txt", FAULTY),
    ),
    Case(
        "Other commands",
        "lint: a binary file",
        f"{LINT} photo.txt bad.txt",
        NOTHING,
        (
            "photo.txt: looks binary, not like text; name text files only",
            "1 finding, 1 can be mended with --fix",
        ),
        ("bad.txt",),
        make=all_of(put("photo.txt", bytes(range(256)) * 40), put("bad.txt", FAULTY)),
    ),
    Case(
        "Other commands",
        "lint for GitHub: a commanding name",
        "lint --no-cache --format github rows.jsonl",
        SOME,
        ("1 finding",),
        shown=("::x ::error::y:1:20: a full stop",),
        make=put_lines("rows.jsonl", line("x\n::error::y", FAULTY)),
    ),
    Case(
        "Other commands",
        "compare: a file that is not there",
        "compare novel.txt good.txt",
        NOTHING,
        ("novel.txt: does not exist; check the spelling",),
    ),
    Case(
        "Other commands",
        "compare: several texts",
        "compare rows.jsonl good.txt",
        NOTHING,
        ("rows.jsonl: holds several documents; name a file with a single text",),
        make=put_lines("rows.jsonl", line("a"), line("b")),
    ),
    Case(
        "Other commands",
        "compare: a text without words",
        "compare dots.txt good.txt",
        NOTHING,
        ("dots.txt: has no words to compare; check the text",),
        make=put("dots.txt", "... --- ...\n"),
    ),
    Case(
        "Other commands",
        "compare: terminal escapes",
        "compare red.txt good.txt",
        DONE,
        (),
        shown=("␛[31m",),
        make=put("red.txt", GOOD.replace("noon", "\x1b[31mnoon")),
    ),
    Case(
        "Other commands",
        "filter: no scores",
        "filter good.txt --keep 'start >= 0'",
        NOTHING,
        (
            "good.txt: must be a folder or end in .parquet, .jsonl, .csv, the "
            "lines also in .gz, .xz, .zst",
            "nothing was filtered",
        ),
    ),
    Case(
        "Other commands",
        "filter: lines that are no scores",
        "filter rows.jsonl --keep 'start >= 0'",
        NOTHING,
        (
            "rows.jsonl:1: is no JSON, or is cut off",
            "rows.jsonl:2: has no document, end, paragraph, start",
            "rows.jsonl:3: is no JSON, or is cut off",
            "nothing was filtered",
        ),
        make=put_lines("rows.jsonl", "{", line("a"), "[" * DEEP),
    ),
    Case(
        "Other commands",
        "filter: a pipe",
        "filter pipe.jsonl --keep 'start >= 0'",
        NOTHING,
        ("pipe.jsonl: is a pipe or a device, and no file", "nothing was filtered"),
        make=lambda: os.mkfifo("pipe.jsonl"),
    ),
    Case(
        "Other commands",
        "filter: a line of over 64 MiB",
        "filter rows.jsonl --keep 'start >= 0'",
        NOTHING,
        (
            "rows.jsonl:1: is longer than 64 MiB",
            "rows.jsonl:2: is no JSON, or is cut off",
            "nothing was filtered",
        ),
        make=grown("rows.jsonl", 65 * MIB),
    ),
    Case(
        "Other commands",
        "benchmark: a line of over 512 MiB",
        "benchmark rows.jsonl --model base:fast --output r --quiet",
        NOTHING,
        (
            "rows.jsonl: no labelled text (rows.jsonl line 1: a document must be at "
            "most 512 MiB; split it)",
        ),
        make=grown("rows.jsonl", 513 * MIB),
    ),
    Case(
        "Other commands",
        "filter: a cell of 65 MiB in CSV",
        "filter rows.csv --keep 'start >= 0'",
        NOTHING,
        (
            "rows.csv: is no CSV (field larger than field limit (67108864))",
            "nothing was filtered",
        ),
        make=put("rows.csv", "x" * (65 * MIB)),
    ),
    Case(
        "Other commands",
        "filter: a program for an expression",
        'filter rows.jsonl --keep \'__import__("os").system("ls")\'',
        NOTHING,
        (
            'config: keep: \'__import__("os").system("ls")\' (column 1) calls '
            "what is not known; known are has, count, min, max, abs",
        ),
        make=put("rows.jsonl", ""),
    ),
    Case(
        "Other commands",
        "filter: an expression nested deeply",
        f"filter rows.jsonl --keep '{'(' * 5000}start{')' * 5000}'",
        NOTHING,
        ("config: keep must have at most 10000 characters, got 10005",),
        make=put("rows.jsonl", ""),
    ),
    Case(
        "Other commands",
        "filter: a power without end",
        "filter rows.jsonl --keep 'start > 9**9**9**9'",
        NOTHING,
        ("config: keep: '9**9**9**9' (column 9) is no arithmetic; known are + - * /",),
        make=put("rows.jsonl", ""),
    ),
    Case(
        "Other commands",
        "filter: a minus 2,000 times over",
        f"filter rows.jsonl --keep 'start > {'-' * 5000}1'",
        NOTHING,
        (
            "config: keep is not understood: it holds what is no text, or is "
            "nested too deep",
        ),
        make=put("rows.jsonl", ""),
    ),
    Case(
        "Other commands",
        "benchmark: no labels",
        "benchmark rows.jsonl --model base:fast --output r --quiet",
        NOTHING,
        ("rows.jsonl: no labelled text (1 records: no label)",),
        make=put_lines("rows.jsonl", line("a")),
    ),
    Case(
        "Other commands",
        "benchmark: predictions nested 100,000 deep",
        "benchmark rows.jsonl --predictions x=p.jsonl --output r --quiet",
        NOTHING,
        ("p.jsonl line 1: is not JSON in UTF-8; a line must be one object",),
        make=all_of(
            put_lines(
                "rows.jsonl",
                line("a", label="original"),
                line("b", label="paraphrased"),
            ),
            put_lines("p.jsonl", "[" * DEEP),
        ),
    ),
    Case(
        "Other commands",
        "benchmark: probabilities that are NaN",
        "benchmark rows.jsonl --predictions x=p.jsonl --output r --quiet",
        NOTHING,
        ("p.jsonl line 1: probabilities must be at least 0 and sum to 1, got nan",),
        make=all_of(
            put_lines(
                "rows.jsonl",
                line("a", label="original"),
                line("b", label="paraphrased"),
            ),
            put_lines(
                "p.jsonl",
                '{"id": "a", "probabilities": {"original": NaN, "paraphrased": 0, '
                '"machine_mangled": 0}}',
            ),
        ),
    ),
    Case(
        "Other commands",
        "benchmark: a command that is not there",
        "benchmark rows.jsonl --command x=./none --output r --quiet",
        NOTHING,
        (
            "no model could be measured (x: command './none' cannot be started "
            "([Errno 2] No such file or directory: './none'))",
        ),
        make=all_of(
            put_lines(
                "rows.jsonl",
                line("a", label="original"),
                line("b", label="paraphrased"),
            )
        ),
    ),
    Case(
        "Other commands",
        "benchmark --verify: no report",
        "benchmark --verify r",
        NOTHING,
        ("r/report.json: cannot be read (No such file or directory)",),
    ),
    Case(
        "Other commands",
        "benchmark --verify: a report nested deeply",
        "benchmark --verify r",
        NOTHING,
        ("r/report.json: is no report of a benchmark (…)",),
        make=put("r/report.json", "[" * DEEP),
    ),
    Case(
        "Other commands",
        "explain: a code that is not known",
        "explain 'MT\x1b[31m'",
        NOTHING,
        ("'MT\\x1b[31m' must be a code, a rule or a feature; did you mean MT301?",),
    ),
    Case(
        "Other commands",
        "serve: a port that is none",
        "serve --port 70000",
        NOTHING,
        (
            "config: host and port must be free and of this machine, got "
            "'127.0.0.1' and 70000 (ports end with 65,535)",
        ),
    ),
)
