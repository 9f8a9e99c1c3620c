"""Files that cannot be read, or not as they are."""

import os
from pathlib import Path

from bad_inputs.making import (
    DONE,
    FRENCH,
    GOOD,
    MIB,
    NOTHING,
    SCORE,
    SOME,
    Case,
    all_of,
    bomb,
    grown,
    line,
    loops,
    lost,
    packed,
    put,
    zst_of_a_huge_window,
)

FILES = (
    Case(
        "Files",
        "an empty file",
        f"{SCORE} empty.txt good.txt",
        DONE,
        ("2 documents, 1 paragraph: …",),
        ("good.txt",),
        make=put("empty.txt", ""),
    ),
    Case(
        "Files",
        "blanks and nothing else",
        f"{SCORE} empty.txt good.txt",
        DONE,
        ("2 documents, 1 paragraph: …",),
        ("good.txt",),
        make=put("empty.txt", "\n\n \t\n"),
    ),
    Case(
        "Files",
        "a file that is not there, alone",
        f"{SCORE} novel.txt",
        NOTHING,
        (
            "novel.txt: does not exist; check the spelling",
            "nothing was scored, 1 input lost",
        ),
    ),
    lost(
        "Files",
        "a file that is not there",
        "novel.txt",
        ": does not exist; check the spelling",
        lambda: None,
    ),
    lost(
        "Files",
        "a folder that is not there",
        "no/novel.jsonl",
        ": does not exist; check the spelling",
        lambda: None,
    ),
    lost(
        "Files",
        "a link that leads nowhere",
        "gone.txt",
        ": does not exist; check the spelling",
        lambda: os.symlink("nowhere", "gone.txt"),
    ),
    lost(
        "Files",
        "a link to itself",
        "ring.txt",
        ": cannot be read (Too many levels of symbolic links); check it and its "
        "permissions",
        lambda: os.symlink("ring.txt", "ring.txt"),
    ),
    lost(
        "Files",
        "a pattern that matches nothing",
        "'*.md'",
        ": matches no file; check the pattern",
        lambda: None,
    ),
    lost(
        "Files",
        "a folder without texts",
        "photos",
        ": holds no readable file; mtcheck reads …",
        lambda: Path("photos").mkdir(),
    ),
    lost(
        "Files",
        "an unknown suffix",
        "photo.png",
        ": the suffix '.png' is not known; mtcheck reads …",
        put("photo.png", b"x"),
    ),
    lost(
        "Files",
        "a name of 5,000 letters",
        "a" * 5000 + ".txt",
        ": cannot be read (File name too long); check it and its permissions",
        lambda: None,
    ),
    lost(
        "Files",
        "a file that cannot be read",
        "memory.txt",
        ": cannot be read (Input/output error); check it and its permissions",
        lambda: os.symlink("/proc/self/mem", "memory.txt"),
    ),
    lost(
        "Files",
        "a pipe that nobody writes to",
        "pipe.txt",
        ": is a pipe or a device, and no file; read it from standard input (-)",
        lambda: os.mkfifo("pipe.txt"),
    ),
    lost(
        "Files",
        "a device that never ends",
        "zero.txt",
        ": is a pipe or a device, and no file; read it from standard input (-)",
        lambda: os.symlink("/dev/zero", "zero.txt"),
    ),
    Case(
        "Files",
        "a folder with links that lead back to it",
        f"{SCORE} corpus",
        DONE,
        ("1 document, 1 paragraph: …",),
        ("corpus/sub/a.txt",),
        make=loops,
    ),
    Case(
        "Files",
        "a link to itself in a folder",
        f"{SCORE} texts",
        SOME,
        (
            "texts/ring.txt: cannot be read (Too many levels of symbolic links); check "
            "it and its permissions",
            "1 document, 1 paragraph: …; 1 input lost",
        ),
        ("texts/good.txt",),
        make=all_of(
            put("texts/good.txt", GOOD),
            lambda: os.symlink("ring.txt", "texts/ring.txt"),
        ),
    ),
    Case(
        "Files",
        "a pattern over links that lead back",
        f"{SCORE} 'corpus/**/*.txt'",
        DONE,
        ("1 document, 1 paragraph: …",),
        ("corpus/sub/a.txt",),
        make=loops,
    ),
    lost(
        "Files",
        "a file of more than 512 MiB",
        "long.txt",
        ": a document must be at most 512 MiB; split it",
        grown("long.txt", 513 * MIB),
    ),
    lost(
        "Files",
        "a name that steers a terminal",
        "'\x1b[31mred.txt'",
        ": matches no file; check the pattern",
        lambda: None,
    ),
    Case(
        "Files",
        "a name that is not UTF-8",
        f"{SCORE} texts",
        DONE,
        ("1 document, 1 paragraph: …",),
        ("texts/\udcff.txt",),
        make=put(os.fsdecode(b"texts/\xff.txt"), GOOD),
    ),
    Case("Files", "nothing on standard input", f"{SCORE} -", DONE, ("1 document",)),
    Case(
        "Files",
        "bytes of no text on standard input",
        f"{SCORE} -",
        NOTHING,
        (
            "-: looks binary, not like text; name text files only",
            "nothing was scored, 1 input lost",
        ),
        stdin=bytes(range(256)) * 40,
    ),
)


TEXTS = (
    lost(
        "Texts",
        "a binary file",
        "photo.txt",
        ": looks binary, not like text; name text files only",
        put("photo.txt", bytes(range(256)) * 40),
    ),
    lost(
        "Texts",
        "a NUL in a text",
        "nul.txt",
        ": looks binary, not like text; name text files only",
        put("nul.txt", GOOD.replace("noon", "no\0on")),
    ),
    lost(
        "Texts",
        "UTF-16 that is cut inside a letter",
        "cut.txt",
        ": is not valid UTF-16-LE at byte 302; convert it to UTF-8, for instance "
        "with iconv",
        put("cut.txt", GOOD.encode("utf-16")[:-1]),
    ),
    lost(
        "Texts",
        "UTF-8 with a damaged letter",
        "hurt.txt",
        ": is UTF-8, but damaged at byte 14; repair it, for instance with iconv -c",
        put(
            "hurt.txt",
            ("Fähre über Förde " * 9).encode().replace(b"F\xc3\xb6", b"F\xc3", 1),
        ),
    ),
    Case(
        "Texts",
        "another language",
        f"{SCORE} bac.txt good.txt",
        DONE,
        ("2 documents, 2 paragraphs: …",),
        ("bac.txt", "good.txt"),
        make=put("bac.txt", FRENCH),
    ),
    Case(
        "Texts",
        "a language that mtcheck does not know",
        f"{SCORE} --language fr good.txt",
        NOTHING,
        ("config: language must be one of auto, de, en, got 'fr'",),
    ),
    Case(
        "Texts",
        "terminal escapes in a text",
        "score --tier fast red.txt",
        DONE,
        ("1 document, 1 paragraph: …",),
        shown=("␛[31m",),
        make=put("red.txt", GOOD.replace("noon", "\x1b[31mnoon\x07\x9b2J\u202e")),
    ),
    Case(
        "Texts",
        "terminal escapes in a text, linted",
        "lint --no-cache red.txt",
        SOME,
        ("2 findings",),
        shown=("␛[31m",),
        make=put("red.txt", "The bell rang. \x1b[31m. It was late.\n"),
    ),
)


PACKED = (
    *(
        lost(
            "Packed files",
            f"{suffix} that is cut off",
            f"cut.txt{suffix}",
            ": the archive is damaged or cut off; pack it again",
            put(f"cut.txt{suffix}", packed(suffix, GOOD.encode())[:-9]),
        )
        for suffix in (".gz", ".xz", ".zst")
    ),
    *(
        lost(
            "Packed files",
            f"{suffix} that is none",
            f"none.txt{suffix}",
            ": the archive is damaged or cut off; pack it again",
            put(f"none.txt{suffix}", GOOD),
        )
        for suffix in (".gz", ".xz", ".zst")
    ),
    *(
        lost(
            "Packed files",
            f"a bomb of {suffix}",
            f"bomb.txt{suffix}",
            ": a document must be at most 512 MiB; split it",
            bomb(suffix),
        )
        for suffix in (".gz", ".xz", ".zst")
    ),
    lost(
        "Packed files",
        "zst that asks for 2 GiB of memory",
        "big.txt.zst",
        ": cannot be read (its window is over 128 MiB; pack it again without "
        "--long); check it and its permissions",
        lambda: Path("big.txt.zst").write_bytes(zst_of_a_huge_window()),
    ),
    lost(
        "Packed files",
        "packed Parquet",
        "rows.parquet.gz",
        ": .parquet is not read packed as .gz; unpack it",
        put("rows.parquet.gz", b""),
    ),
    Case(
        "Packed files",
        "JSONL whose archive is cut off",
        f"{SCORE} rows.jsonl.gz",
        SOME,
        (
            "rows.jsonl.gz: the archive is damaged or cut off; pack it again",
            "1 document, 1 paragraph: …; 1 input lost",
        ),
        ("a",),
        make=put(
            "rows.jsonl.gz",
            packed(".gz", f"{line('a')}\n".encode())
            + packed(".gz", f"{line('b')}\n".encode())[:15],
        ),
    ),
)
