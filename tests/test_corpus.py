"""A run over a corpus ends in the same bytes, whoever does it and whatever happens."""

import fcntl
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow.dataset as ds
import pytest
from conftest import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from mtcheck.cli import main
from mtcheck.corpus import parts as cutting
from mtcheck.corpus.counts import Counts
from mtcheck.corpus.parts import Part, Place, parts
from mtcheck.corpus.run import Inputs, Run
from mtcheck.corpus.store import JOURNAL, MANIFEST, Store
from mtcheck.corpus.target import Target, format_of
from mtcheck.corpus.work import Work
from mtcheck.errors import (
    ConfigError,
    InputError,
    ModelError,
    MtcheckError,
    ResourceError,
)
from mtcheck.models import open_model
from mtcheck.read import ReadOptions, read
from mtcheck.scoring import score_documents
from mtcheck.segment import split_sentences
from mtcheck.types import Document, Scored

FORMATS = ("csv", "jsonl", "parquet")
PLAIN = ReadOptions()


def make_corpus(path: Path, n_documents: int, seed: int = 7) -> Path:
    """Write documents of sentences of the seeds, one or two paragraphs each."""
    rng = random.Random(seed)
    sentences = [
        span.of(text).replace("\n", " ")
        for file in sorted((ROOT / "seeds").glob("*/*.txt"))
        for text in [file.read_text("utf-8")]
        for span in split_sentences(text, file.parent.name)
    ]
    with path.open("w", encoding="utf-8") as file:
        for number in range(n_documents):
            paragraphs = [
                " ".join(rng.choices(sentences, k=rng.randint(1, 6)))
                for _ in range(rng.randint(1, 2))
            ]
            record = {"id": f"d{number}", "text": "\n\n".join(paragraphs)}
            file.write(json.dumps(record, ensure_ascii=False) + "\n")
    return path


@pytest.fixture
def corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a small corpus, which is cut into a dozen parts, and work beside it."""
    monkeypatch.setattr(cutting, "FIRST_PART", 4_000)
    monkeypatch.setattr(cutting, "PARTS_OF_A_SIZE", 4)
    monkeypatch.chdir(tmp_path)
    return make_corpus(tmp_path / "corpus.jsonl", 150)


def contents(folder: Path) -> dict[str, bytes]:
    """Return the names and the bytes of all files of a folder."""
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


class Watch:
    """Keeps what a run tells, and stops it after some parts."""

    def __init__(self, stop_after: int | None = None) -> None:
        self.told: list[str] = []
        self.n_parts = 0
        self._stop_after = stop_after

    def begin(self, n_bytes: int, n_bytes_done: int, n_parts_done: int) -> None:
        assert 0 <= n_bytes_done <= n_bytes
        self.told.append(f"begin {n_parts_done}")

    def find_complete(self) -> None:
        self.told.append("complete")

    def advance(self, n_bytes: int, n_paragraphs: int) -> None:
        self.n_parts += 1
        if self.n_parts == self._stop_after:
            raise KeyboardInterrupt

    def lose(self, error: InputError) -> None:
        self.told.append(str(error))

    def stop(self, n_parts: int) -> None:
        self.told.append(f"stop {n_parts}")


def run(
    output: str,
    *paths: str | Path,
    watch: Watch | None = None,
    tier: Any = "fast",
    jobs: int = 1,
    scheduler: str | None = None,
    options: ReadOptions = PLAIN,
    stdin: BytesIO | None = None,
    format: str | None = None,
) -> Counts:
    """Score some paths in this process."""
    target = Target.of(output, format)
    assert target is not None
    signature = open_model().signature
    form, whole = target.format, options.whole_page
    work = Work("base", signature, tier, "paragraph", "auto", form, whole)
    inputs = Inputs.of([*map(str, paths)], options, stdin)
    return Run(inputs, work, target, watch or Watch(), jobs, scheduler).score()


# Parts ---------------------------------------------------------------------------


@settings(deadline=None, max_examples=40)
@given(
    sizes=st.lists(st.integers(0, 300), max_size=30),
    n_files=st.integers(1, 4),
    data=st.data(),
)
def test_parts_are_the_same_from_wherever_one_starts(
    tmp_path_factory: pytest.TempPathFactory,
    sizes: list[int],
    n_files: int,
    data: st.DataObject,
) -> None:
    folder = tmp_path_factory.mktemp("parts")
    for at in range(n_files):
        lines = [json.dumps({"text": "a" * size}) for size in sizes[at::n_files]]
        path = folder / f"{at}.jsonl"
        path.write_text("\n".join([*lines, "no JSON"] if at == 1 else lines))
    entries = Inputs.of([str(folder), "nowhere.txt"], ReadOptions()).entries
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cutting, "FIRST_PART", 250)
        every = list(parts(entries, ReadOptions()))
        at = data.draw(st.integers(0, len(every) - 1))
        end = every[at - 1].end if at else Place()
        again = list(parts(entries, ReadOptions(), at, end))
    described = [describe(part) for part in every]
    assert [describe(part) for part in again] == described[at:]
    assert [part.number for part in every] == list(range(len(every)))
    n_outcomes = sum(len(part.outcomes) for part in every)
    assert n_outcomes == len(sizes) + 1 + (n_files > 1)


def describe(part: Part) -> list[Any]:
    """Return what is the same from wherever one starts; errors have no equality."""
    outcomes = [
        item if isinstance(item, Document) else str(item) for item in part.outcomes
    ]
    return [part.number, outcomes, part.end]


def test_without_any_text_there_is_one_empty_part(tmp_path: Path) -> None:
    (tmp_path / "empty.jsonl").write_text("")
    entries = Inputs.of([str(tmp_path / "empty.jsonl")], ReadOptions()).entries
    (part,) = parts(entries, ReadOptions())
    assert (part.number, part.outcomes) == (0, ())


# The same bytes ------------------------------------------------------------------


@pytest.mark.parametrize("format", FORMATS)
def test_processes_and_stops_change_no_byte(corpus: Path, format: str) -> None:
    counts = run("once/", corpus, format=format)
    assert counts.documents == 150
    once = contents(Path("once"))
    assert len(once) > 8
    assert {f"part-00000.{format}", MANIFEST} < set(once)
    run("twice/", corpus, format=format, jobs=2)
    assert contents(Path("twice")) == once
    with pytest.raises(KeyboardInterrupt):
        run("stopped/", corpus, format=format, watch=Watch(stop_after=3))
    assert JOURNAL in contents(Path("stopped"))
    watch = Watch()
    again = run("stopped/", corpus, format=format, watch=watch, jobs=2)
    assert watch.told == ["begin 3"]
    assert watch.n_parts == len(once) - 1 - 3
    assert contents(Path("stopped")) == once
    again.seconds = counts.seconds
    assert again == counts


@pytest.mark.parametrize("output", ["s.csv", "s.jsonl", "s.parquet", "s.jsonl.gz"])
def test_a_file_is_put_together_once_all_is_scored(corpus: Path, output: str) -> None:
    run(f"once-{output}", corpus)
    with pytest.raises(KeyboardInterrupt):
        run(output, corpus, watch=Watch(stop_after=4))
    assert not Path(output).exists()
    assert Path(f".{output}.parts", MANIFEST).exists()
    counts = run(output, corpus, jobs=2)
    assert counts.documents == 150
    assert Path(output).read_bytes() == Path(f"once-{output}").read_bytes()
    assert not Path(f".{output}.parts").exists()


def test_a_file_and_a_folder_have_the_same_rows(corpus: Path) -> None:
    run("folder/", corpus)
    run("file.parquet", corpus)
    assert parquet.read_table("folder").equals(parquet.read_table("file.parquet"))


@pytest.mark.parametrize("suffix", [".gz", ".xz", ".zst"])
def test_a_file_may_be_packed(corpus: Path, suffix: str) -> None:
    run("plain.jsonl", corpus)
    run(f"packed.jsonl{suffix}", corpus)
    pack = {".gz": "gzip", ".xz": "lzma", ".zst": "zstandard"}[suffix]
    with __import__(pack).open(f"packed.jsonl{suffix}", "rb") as file:
        assert file.read() == Path("plain.jsonl").read_bytes()


def test_a_complete_run_is_not_done_again(corpus: Path) -> None:
    counts = run("s/", corpus)
    before = contents(Path("s"))
    watch = Watch()
    again = run("s/", corpus, watch=watch)
    assert watch.told == ["complete", "begin 0"]
    assert watch.n_parts == 0
    assert contents(Path("s")) == before
    again.seconds = counts.seconds
    assert again == counts


def test_a_touched_input_is_the_same_input(corpus: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        run("s/", corpus, watch=Watch(stop_after=1))
    os.utime(corpus, (1, 1))
    watch = Watch()
    run("s/", corpus, watch=watch)
    assert watch.told == ["begin 1"]


def test_a_journal_that_was_cut_off_costs_one_part(corpus: Path) -> None:
    run("once/", corpus)
    with pytest.raises(KeyboardInterrupt):
        run("s/", corpus, watch=Watch(stop_after=3))
    journal = Path("s", JOURNAL)
    journal.write_bytes(journal.read_bytes()[:-20])
    Path("s", ".part-00009.parquet.123.tmp").write_bytes(b"half")
    watch = Watch()
    run("s/", corpus, watch=watch)
    assert watch.told == ["begin 2"]
    assert contents(Path("s")) == contents(Path("once"))


def test_a_damaged_line_of_the_journal_costs_its_part(corpus: Path) -> None:
    run("once/", corpus)
    with pytest.raises(KeyboardInterrupt):
        run("s/", corpus, watch=Watch(stop_after=4))
    journal = Path("s", JOURNAL)
    first, *rest = journal.read_bytes().splitlines(keepends=True)
    journal.write_bytes(b"".join([first, b"{}\n", b"[" * 10_000 + b"\n", *rest[2:]]))
    watch = Watch()
    run("s/", corpus, watch=watch)
    assert watch.told == ["begin 2"]
    assert contents(Path("s")) == contents(Path("once"))


def test_a_part_that_is_gone_is_scored_again(corpus: Path) -> None:
    run("once/", corpus)
    with pytest.raises(KeyboardInterrupt):
        run("s/", corpus, watch=Watch(stop_after=3))
    Path("s/part-00001.parquet").unlink()
    run("s/", corpus)
    assert contents(Path("s")) == contents(Path("once"))


# Another run is refused ------------------------------------------------------------


@pytest.fixture
def begun(corpus: Path) -> Path:
    """Return a corpus whose run was stopped."""
    with pytest.raises(KeyboardInterrupt):
        run("s/", corpus, watch=Watch(stop_after=2))
    return corpus


REFUSED = "s: holds a run of something else ({}); name another output, or remove the "


def refusal(*paths: Path, **more: Any) -> str:
    """Return why a run is refused, and see that it left all alone."""
    before = contents(Path("s"))
    with pytest.raises(ConfigError) as caught:
        run("s/", *paths, **more)
    assert contents(Path("s")) == before
    return str(caught.value)


def test_other_settings_are_refused(begun: Path) -> None:
    assert refusal(begun, tier="full").startswith(REFUSED.format("tier fast, now full"))
    assert refusal(
        begun, format="jsonl", options=ReadOptions(text_field="body")
    ).startswith(REFUSED.format("format parquet, now jsonl; text_field text, now body"))


def test_other_inputs_are_refused(begun: Path, tmp_path: Path) -> None:
    other = make_corpus(tmp_path / "other.jsonl", 3)
    changed = f"{begun} is gone; {other} is new"
    assert refusal(other).startswith(REFUSED.format(changed))
    with begun.open("a") as file:
        file.write('{"text": "more"}\n')
    assert refusal(begun).startswith(REFUSED.format(f"{begun} was changed"))


def test_another_model_is_refused(begun: Path) -> None:
    manifest = json.loads(Path("s", MANIFEST).read_text())
    was = manifest["model"]
    Path("s", MANIFEST).write_text(json.dumps({**manifest, "model": "old@1"}))
    assert refusal(begun).startswith(REFUSED.format(f"model old@1, now {was}"))


def test_inputs_in_another_order_are_refused(corpus: Path, tmp_path: Path) -> None:
    other = make_corpus(tmp_path / "other.jsonl", 3)
    with pytest.raises(KeyboardInterrupt):
        run("s/", corpus, other, watch=Watch(stop_after=2))
    assert refusal(other, corpus).startswith(
        REFUSED.format("the inputs come in another order")
    )


def test_two_runs_at_once_do_not_mix(begun: Path) -> None:
    with Path("s", JOURNAL).open("ab") as journal:
        fcntl.flock(journal, fcntl.LOCK_EX)
        assert refusal(begun) == (
            "s: another run writes here; wait for its end, or name another output"
        )


def test_a_folder_of_something_else_is_refused(corpus: Path) -> None:
    Path("s").mkdir()
    Path("s", "notes.txt").write_text("mine")
    assert refusal(corpus) == (
        "config: output must be a new or an empty folder, or that of a run that was "
        "stopped, got 's'; name another one"
    )


@pytest.mark.parametrize(
    ("manifest", "message"),
    [
        ("{", "cannot be read"),
        ('{"format": 99}', "not of this version of mtcheck; name another output"),
        ('{"format": 1, "complete": false}', "cannot be read"),
        ("[" * 10_000, "cannot be read"),
    ],
)
def test_a_damaged_manifest_is_told(begun: Path, manifest: str, message: str) -> None:
    Path("s", MANIFEST).write_text(manifest)
    with pytest.raises(MtcheckError, match=rf"^s/{MANIFEST}: {message}"):
        run("s/", begun)


def test_a_complete_run_with_a_part_gone_is_told(corpus: Path) -> None:
    run("s/", corpus)
    Path("s/part-00001.parquet").unlink()
    with pytest.raises(MtcheckError) as caught:
        run("s/", corpus)
    assert str(caught.value) == (
        "s/part-00001.parquet: is missing or was changed since the run was complete; "
        "remove the folder to begin again"
    )


@pytest.mark.parametrize("output", ["corpus.jsonl", "./"])
def test_no_input_is_written_over(corpus: Path, output: str) -> None:
    before = contents(Path())
    with pytest.raises(ConfigError, match=r"^config: output must not be an input, got"):
        run(output, corpus, format="jsonl")
    assert contents(Path()) == before


def test_a_model_that_differs_in_a_process_is_refused(corpus: Path) -> None:
    work = Work("base", "base@0", "fast", "paragraph", "auto", "jsonl")
    with pytest.raises(ModelError, match=r"^model base: must be base@0 in all"):
        work.do(Part(0, (), Place(), 0))


# What is lost ----------------------------------------------------------------------


def test_what_is_lost_is_named_again_when_the_run_goes_on(
    corpus: Path, tmp_path: Path
) -> None:
    lines = corpus.read_text("utf-8").splitlines()
    lines[3] = lines[3][:30]
    corpus.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(KeyboardInterrupt):
        run("s/", corpus, "no.txt", watch=Watch(stop_after=2))
    watch = Watch()
    counts = run("s/", corpus, "no.txt", watch=watch)
    assert counts.documents == 149
    assert [place for place, _ in counts.lost] == [f"{corpus} line 4", "no.txt"]
    assert [line.split(":")[0] for line in watch.told] == [
        "begin 2",
        f"{corpus} line 4",
        "no.txt",
    ]


def test_where_all_is_lost_nothing_is_written(corpus: Path) -> None:
    for output in ("s/", "s.parquet"):
        with pytest.raises(MtcheckError, match=r"^nothing was scored, 2 inputs lost$"):
            run(output, "no.txt", "none.txt")
    assert set(contents(Path())) == {corpus.name}


def test_no_text_makes_an_empty_table(corpus: Path) -> None:
    Path("empty.jsonl").write_text("")
    run("s.parquet", "empty.jsonl")
    assert parquet.read_table("s.parquet").num_rows == 0


def test_standard_input_can_be_scored_but_not_gone_on_with(corpus: Path) -> None:
    run("s.jsonl", "-", stdin=BytesIO(b"The ferry left at nine, and nobody minded."))
    assert Path("s.jsonl").read_text().count("\n") == 1
    text = "\n\n".join(["The ferry left at nine, and nobody minded."] * 200)
    with pytest.raises(KeyboardInterrupt):
        run("t.jsonl", "-", stdin=BytesIO(text.encode()), watch=Watch(stop_after=1))
    assert set(contents(Path())) == {corpus.name, "s.jsonl"}


# Pages -----------------------------------------------------------------------------


@pytest.fixture
def site(corpus: Path) -> Path:
    """Return a folder of pages, which are cut into several parts; one has no text."""
    folder = Path("site")
    folder.mkdir()
    for number, line in enumerate(corpus.read_text().splitlines()[:12]):
        paragraphs = json.loads(line)["text"].split("\n\n")
        body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs * 3)
        menu = "".join(f"<li><a href='/{n}'>Part {n}</a></li>" for n in range(200))
        page = f"<html><body><nav>{menu}</nav><article>{body}</article></body></html>"
        Path(folder, f"{number:02}.html").write_text(page)
    Path(folder, "05.html").write_text("<html><body></body></html>")
    return folder


@pytest.mark.parametrize("whole_page", [False, True])
def test_the_text_of_pages_is_found_by_whoever_scores_them(
    site: Path, whole_page: bool
) -> None:
    options = ReadOptions(whole_page=whole_page)
    counts = run("s/", site, options=options, format="jsonl")
    assert counts.seconds["pages"] > 0
    hint = "check the file" if whole_page else "try --whole-page"
    assert counts.lost == [
        ["site/05.html", f"no text was found in the page; {hint}"],
    ]
    assert len([name for name in contents(Path("s")) if "part" in name]) > 1
    judged = score_documents(read([site], options), tier="fast")
    verdicts = [
        verdict
        for scored in judged
        if isinstance(scored, Scored)
        for verdict in scored.verdicts
    ]
    lines = "".join(path.read_text() for path in sorted(Path("s").glob("part*")))
    found = [json.loads(line) for line in lines.splitlines()]
    assert [
        (line["document"], line["start"], line["probabilities"]) for line in found
    ] == [
        (verdict.document, verdict.span.start, verdict.probabilities)
        for verdict in verdicts
    ]


def test_pages_give_the_same_bytes_in_two_processes(site: Path) -> None:
    for jobs, output in ((1, "once/"), (2, "twice/")):
        run(output, site, jobs=jobs)
    assert contents(Path("once")) == contents(Path("twice"))


def test_a_dry_run_counts_the_pages_without_a_text(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["score", "--dry-run", "--tier", "fast", "site/05.html"]) == 2
    assert "nothing to sample: no text was found" in capsys.readouterr().err
    pages = [f"site/{name}.html" for name in ("04", "05")]
    assert main(["score", "--dry-run", "--tier", "fast", *pages]) == 1
    assert "1 input of the sample cannot be read" in capsys.readouterr().out


# Files, folders, formats -----------------------------------------------------------


@pytest.mark.parametrize(
    ("output", "format", "found"),
    [
        ("s/", None, ("parquet", True)),
        ("s/", "csv", ("csv", True)),
        ("s.parquet", None, ("parquet", False)),
        ("s.jsonl.zst", None, ("jsonl", False)),
        ("s", "jsonl", ("jsonl", False)),
        ("s.txt", None, None),
        ("/dev/null", "jsonl", None),
    ],
)
def test_a_target_is_told_by_its_name(
    output: str, format: str | None, found: tuple[str, bool] | None
) -> None:
    target = Target.of(output, format)
    assert (target and (target.format, target.is_folder)) == found


def test_scores_are_not_written_to_an_address() -> None:
    with pytest.raises(ConfigError) as caught:
        Target.of("s3://bucket/scores/")
    assert str(caught.value) == (
        "config: output must be on this machine, got 's3://bucket/scores/'; copy the "
        "scores there when they are complete"
    )


def test_parquet_is_not_packed_once_more() -> None:
    with pytest.raises(ConfigError, match=r"Parquet is packed inside$"):
        Target.of("s.parquet.gz")
    assert format_of("a.b.parquet") == "parquet"


# The command -----------------------------------------------------------------------


def test_the_command_tells_what_came_of_it(
    corpus: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["score", "--tier", "fast", "--output", "s/", "corpus.jsonl"]
    assert main(arguments) == 0
    out, err = capsys.readouterr()
    assert out == ""
    first, second = err.splitlines()
    assert first.startswith("mtcheck: 150 documents, ")
    assert " paragraphs a second; seconds of work: opening " in second
    assert main(arguments) == 0
    assert capsys.readouterr().err.splitlines() == [
        "mtcheck: all was scored before, by the same model and settings",
        first,
    ]
    assert main([*arguments, "--quiet"]) == 0
    assert main([*arguments, "no.txt"]) == 2
    assert "no.txt is new" in capsys.readouterr().err


def test_a_dry_run_foretells_and_writes_nothing(
    corpus: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = contents(Path())
    arguments = ["score", "--dry-run", "--output", "s/", "corpus.jsonl"]
    assert main([*arguments, "--jobs", "2"]) == 0
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("1 file, ")
    assert second.startswith("about 150 documents, ")
    assert " by 2 processes; " in second
    assert second.endswith(" of scores as parquet")
    assert contents(Path()) == before
    assert main([*arguments, "no.txt"]) == 1
    assert "1 input of the sample cannot be read" in capsys.readouterr().out
    assert main(["score", "--dry-run", "no.txt"]) == 2
    assert main(["score", "--dry-run", "-"]) == 2
    assert capsys.readouterr().err.splitlines() == [
        "mtcheck: nothing to sample: no text was found in the inputs",
        "mtcheck: config: dry-run needs files; standard input can be read once only",
    ]


def test_why_paragraphs_are_not_judged_is_told(
    corpus: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    french = "Le vieux bac quitta le port à midi, et personne ne leva les yeux."
    Path("a.txt").write_text(f"Read more\n\n{french}\n\nRead less")
    assert main(["score", "a.txt", "--output", "s.jsonl"]) == 0
    assert capsys.readouterr().err.splitlines()[0] == (
        "mtcheck: 1 document, 3 paragraphs: 3 not judged (2 under five words, 1 in "
        "another language)"
    )


def test_lines_cannot_be_spread_over_a_cluster(
    corpus: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["score", "--scheduler", "tcp://127.0.0.1:1", "corpus.jsonl"]) == 2
    assert capsys.readouterr().err == (
        "mtcheck: config: scheduler needs --output with a file or a folder for the "
        "scores\n"
    )


def test_where_a_part_of_the_machine_fails_the_others_parts_are_kept(
    corpus: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    do = Work.do

    def fail(work: Work, part: Part) -> Any:
        if part.number == 3:
            raise ResourceError("grammar: the server went away")
        return do(work, part)

    arguments = ["score", "--tier", "fast", "--output", "s.csv", "corpus.jsonl"]
    with monkeypatch.context() as patch:
        patch.setattr(Work, "do", fail)
        assert main(arguments) == 2
    assert capsys.readouterr().err.splitlines() == [
        "mtcheck: stopped; 3 parts kept, the same command goes on from there",
        "mtcheck: grammar: the server went away",
    ]
    assert main(arguments) == 0
    assert capsys.readouterr().err.startswith(
        "mtcheck: going on from a run that was stopped; 3 parts done\n"
    )


def test_a_full_disk_is_told(
    corpus: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    commit = Store.commit

    def fail(store: Store, record: Any, data: bytes) -> None:
        if record.number == 2:
            raise OSError(28, "No space left on device", "s/part-00002.parquet")
        commit(store, record, data)

    with monkeypatch.context() as patch:
        patch.setattr(Store, "commit", fail)
        arguments = ["score", "--tier", "fast", "--output", "s/", "corpus.jsonl"]
        assert main(arguments) == 2
    assert capsys.readouterr().err.splitlines() == [
        "mtcheck: stopped; 2 parts kept, the same command goes on from there",
        "mtcheck: s/part-00002.parquet: cannot be written (No space left on device)",
    ]
    assert main(arguments) == 0
    run("once/", corpus)
    assert [*contents(Path("s"))] == [*contents(Path("once"))]


# Other programs --------------------------------------------------------------------


def test_others_open_the_scores_and_join_them_to_the_corpus(corpus: Path) -> None:
    run("s/", corpus)
    records = [json.loads(line) for line in corpus.read_text("utf-8").splitlines()]
    wanted = {record["id"]: record["text"] for record in records}

    frame = pd.read_parquet("s")
    joined = frame.merge(pd.DataFrame(records), left_on="document", right_on="id")
    assert len(joined) == len(frame)
    for row in joined.itertuples():
        assert row.text == wanted[row.document]
        for item in row.findings:
            assert item["code"].startswith("MT")

    table = pl.read_parquet("s/*.parquet")
    assert table.join(
        pl.DataFrame(records), left_on="document", right_on="id"
    ).height == len(frame)
    shares = table["probabilities"].struct.unnest()
    assert shares.columns == ["original", "paraphrased", "machine_mangled"]

    found = (
        duckdb.connect()
        .execute(
            """
        select count(*), min(length(text) >= "end"), count(distinct document)
        from 's/*.parquet' join 'corpus.jsonl' on document = id
        """
        )
        .fetchall()
    )
    assert found == [(len(frame), True, len(wanted))]

    rows = ds.dataset("s").to_table(filter=ds.field("paragraph") == 0)
    assert set(rows["document"].to_pylist()) == set(wanted)


# Kills -----------------------------------------------------------------------------


def start(*arguments: str | Path, **more: Any) -> "subprocess.Popen[str]":
    """Start the program."""
    return subprocess.Popen(
        [sys.executable, "-m", "mtcheck", *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **more,
    )


def n_recorded(folder: Path) -> int:
    """Return how many parts the journal has."""
    try:
        return (folder / JOURNAL).read_bytes().count(b"\n")
    except FileNotFoundError:  # not there yet, or the run is complete
        return 0


def is_complete(folder: Path) -> bool:
    """Tell whether a run came to its end there, whatever became of it then."""
    manifest = folder / MANIFEST
    return manifest.exists() and json.loads(manifest.read_bytes())["complete"] is True


def left_running(marker: str) -> list[int]:
    """Return the processes that have the marker in their environment."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if marker.encode() in (entry / "environ").read_bytes():
                found.append(int(entry.name))
        except OSError:
            continue
    return found


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="processes cannot be listed")
def test_a_run_that_is_killed_goes_on_and_ends_in_the_same_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KILL_TEST", marker := f"kill-{os.getpid()}-{time.time_ns()}")
    corpus = make_corpus(tmp_path / "corpus.jsonl", 10_000)
    command = "score", "--tier", "fast", corpus, "--output"
    with start(*command, "once/") as process:
        assert process.wait(300) == 0
    once, folder, rng = contents(Path("once")), Path("killed"), random.Random(11)
    kept: dict[str, int] = {}
    n_ended = 0
    for number in range(8):  # python -m benchmarks.faults has a hundred
        with start(*command, "killed/", "--jobs", str(1 + number % 2)) as process:
            # A little after a part was recorded, or before the first one.
            wanted = n_recorded(folder) + rng.randint(0, 2)
            while n_recorded(folder) < wanted and process.poll() is None:
                time.sleep(0.01)
            time.sleep(rng.uniform(0, 0.5))
            process.kill()
            _, err = process.communicate(timeout=300)
        assert process.returncode in (0, -signal.SIGKILL), err
        if is_complete(folder):
            n_ended += 1
            assert contents(folder).items() >= once.items()
            shutil.rmtree(folder)
            kept = {}
            continue
        there = {path.name: path.stat().st_mtime_ns for path in folder.glob("part-*")}
        # What was recorded is not touched again; one part may lack its record.
        assert kept.items() <= there.items()
        recorded = {json.loads(line)["number"] for line in lines_of(folder / JOURNAL)}
        kept = {name: at for name, at in there.items() if int(name[5:10]) in recorded}
        assert len(kept) == len(recorded) >= len(there) - 1
    with start(*command, "killed/") as process:
        _, err = process.communicate(timeout=300)
        assert process.returncode == 0, err
    assert contents(folder) == once
    assert n_ended < 4
    deadline = time.monotonic() + 30
    while left := left_running(marker):
        assert time.monotonic() < deadline, f"processes are left: {left}"
        time.sleep(0.2)


def lines_of(path: Path) -> list[bytes]:
    """Return the complete lines of a file, which may not be there."""
    data = path.read_bytes() if path.exists() else b""
    return data.split(b"\n")[:-1]


def test_a_process_that_is_killed_ends_the_run_and_loses_no_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    corpus = make_corpus(tmp_path / "corpus.jsonl", 6_000)
    command = "score", "--tier", "fast", "--jobs", "2", corpus, "--output"
    with start(*command, "s/") as process:
        while n_recorded(Path("s")) < 2 and process.poll() is None:
            time.sleep(0.02)
        for worker in workers_of(process.pid):
            os.kill(worker, signal.SIGKILL)
            break
        assert process.stderr is not None
        err = process.stderr.read()
        assert process.wait(60) == 2
    assert err.splitlines()[-1] == (
        "mtcheck: a process ended before its work did: it was killed, or memory ran "
        "out; try fewer --jobs"
    )
    with start(*command, "s/") as process:
        assert process.wait(300) == 0
    with start(*command, "once/") as process:
        assert process.wait(300) == 0
    assert contents(Path("s")) == contents(Path("once"))


def workers_of(parent: int) -> Iterator[int]:
    """Yield the processes that score for another one."""
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            command = (entry / "cmdline").read_bytes()
            status = (entry / "status").read_text()
        except OSError:
            continue
        if b"popen_loky" in command and f"PPid:\t{parent}\n" in status:
            yield int(entry.name)


def test_a_run_that_is_stopped_while_a_part_reaches_the_disk_keeps_it(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    corpus = make_corpus(Path("corpus.jsonl"), 30)
    command = ["score", "--tier", "fast", str(corpus)]
    wait_for_disk = os.fsync

    def stop(file: int) -> None:
        wait_for_disk(file)
        if n_recorded(Path(".s.jsonl.parts")):
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", stop)
        assert main([*command, "--output", "s.jsonl"]) == 130
    told = "mtcheck: stopped; 1 part kept, the same command goes on from there"
    assert told in capsys.readouterr().err.splitlines()
    assert n_recorded(Path(".s.jsonl.parts")) == 1


def test_sigterm_ends_the_run_and_keeps_its_parts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    corpus = make_corpus(tmp_path / "corpus.jsonl", 6_000)
    with start("score", "--tier", "fast", corpus, "--output", "s.jsonl") as process:
        while not n_recorded(Path(".s.jsonl.parts")) and process.poll() is None:
            time.sleep(0.02)
        process.terminate()
        assert process.stderr is not None
        err = process.stderr.read()
        assert process.wait(60) == 128 + signal.SIGTERM
    assert err.endswith(" kept, the same command goes on from there\n")
    assert not Path("s.jsonl").exists()
