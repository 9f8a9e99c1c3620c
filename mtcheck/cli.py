"""The command line: parse, call the library, print, return the exit status."""

import os
import signal
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

# Nothing heavy here: `mtcheck --help` imports neither numpy nor rich.
from mtcheck import __version__
from mtcheck.clock import Clock
from mtcheck.config import Config, key_of, load
from mtcheck.console import (
    CorpusWatch,
    ProgressBar,
    Tally,
    describe_forecast,
    profile,
    say,
    silence_streams,
    stopped_by_sigterm,
    writing,
    writing_bytes,
)
from mtcheck.errors import ConfigError, MtcheckError
from mtcheck.grammar import OFF
from mtcheck.report.text import count

if TYPE_CHECKING:
    from mtcheck.corpus.target import Target
    from mtcheck.corpus.work import Work
    from mtcheck.grammar.checker import Service
    from mtcheck.read import ReadOptions
    from mtcheck.scorer import Level
    from mtcheck.types import Scored

ALL_DONE, SOME_LOST, FOUND, NOTHING_DONE = 0, 1, 1, 2
INTERRUPTED = 128 + signal.SIGINT
PIPE_CLOSED = 128 + 13
"""What a shell reports of a program that SIGPIPE ended; Windows has no such signal."""

Command = Callable[..., Any]


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    try:
        return _run(sys.argv[1:] if argv is None else list(argv))
    except BrokenPipeError:
        silence_streams()
        return PIPE_CLOSED


def _run(arguments: list[str]) -> int:
    try:
        # Not commands.main: it ends with 1 on closed pipes, and Ctrl-C takes two lines.
        with commands.make_context("mtcheck", arguments) as context:
            status = commands.invoke(context)
        return int(status or ALL_DONE)
    except click.exceptions.Exit as end:
        return end.exit_code
    except (KeyboardInterrupt, click.Abort):
        say("interrupted")
        return INTERRUPTED
    except BrokenPipeError:
        raise
    except click.ClickException as error:
        error.show()
    except MtcheckError as error:
        say(str(error))
    except MemoryError:
        say("memory ran out; split the largest inputs, or try fewer --jobs")
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        say(f"{place}{error.strerror or error}")
    silence_streams()
    return NOTHING_DONE


def _settings(command: str) -> Callable[[Command], Command]:
    """Give a command an option for each setting that it takes."""

    def add(function: Command) -> Command:
        for item in reversed(fields(Config)):
            if command not in item.metadata["commands"]:
                continue
            option = item.metadata["option"] or f"--{key_of(item)}"
            about, kind = item.metadata["help"], item.metadata["kind"]
            if isinstance(item.default, bool):
                function = click.option(
                    option, item.name, is_flag=True, default=None, help=about
                )(function)
                continue
            choices = item.metadata["choices"]
            shown = "|".join(choices()) if choices else item.metadata["shown"]
            if item.default not in (None, ()):
                about += f" [default: {item.default}]"
            callback = _parted if kind is tuple else None
            function = click.option(
                option,
                item.name,
                type=int if kind is int else str,
                multiple=kind is tuple,
                callback=callback,
                metavar=shown,
                help=about,
            )(function)
        return function

    return add


def _parted(
    context: click.Context, option: click.Parameter, values: tuple[str, ...]
) -> tuple[str, ...] | None:
    """Return what commas part, over all uses of the option; None where it is unused."""
    parts = [part.strip() for value in values for part in value.split(",")]
    return tuple(filter(None, parts)) or None


def _show_version(context: click.Context, _: click.Parameter, is_asked: bool) -> None:
    if not is_asked or context.resilient_parsing:
        return
    from mtcheck.models import DEFAULT, model_folders, open_model

    version = f"mtcheck {__version__}"
    if DEFAULT in model_folders():
        version += f" ({open_model(DEFAULT).signature})"
    click.echo(version)
    context.exit()


_PATHS = click.argument("paths", metavar="PATH...", nargs=-1, required=True)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show_version,
    help="Show the version, and that of the default model.",
)
def commands() -> None:
    """Label paragraphs original, paraphrased or machine_mangled, and say why."""


@commands.command()
@_PATHS
@_settings("score")
def score(paths: tuple[str, ...], **options: Any) -> int:
    """Label every paragraph of texts, and say why.

    A PATH is a file, a folder or a pattern; - is standard input.

    Exit status: 0 all was scored, 1 some input was lost, 2 nothing could be done.
    """
    settings = load(options)
    from mtcheck.corpus.target import Target, format_of

    target = Target.of(settings.output, settings.format) if settings.output else None
    if settings.dry_run:
        return _foretell(paths, settings, target)
    if target is not None:
        return _score_corpus(paths, settings, target)
    if settings.scheduler is not None:
        raise ConfigError(
            "config: scheduler needs --output with a file or a folder for the scores"
        )
    return _score_lines(paths, settings, settings.format or format_of(settings.output))


def _score_lines(paths: Sequence[str], settings: Config, format: str) -> int:
    """Score, and write the lines of a report as they come."""
    from mtcheck.read import read
    from mtcheck.report import reporter
    from mtcheck.scoring import score_documents

    chosen = reporter(format)
    jobs, clock = _jobs(settings), Clock()
    if settings.profile and jobs > 1:
        raise ConfigError(
            "config: profile needs --output with a file or a folder for the scores, or "
            "--jobs 1"
        )
    _spare(paths, settings.output)
    with (
        ProgressBar(not settings.quiet) as bar,
        _grammar(settings, bar) as service,
        writing(settings.output, chosen.is_for_people) as (write, screen),
    ):
        tally = Tally(bar)
        results = score_documents(
            read(paths, _reading(settings)),
            model=settings.model,
            tier=settings.tier,
            level=settings.level,
            paragraphs=settings.paragraphs,
            service=service,
            jobs=jobs,
            clock=clock,
        )
        documents = _sparing_inputs(tally.scored(results), settings.output)
        for line in chosen.render(documents, screen):
            if screen.is_terminal:
                bar.pause()
            write(line + "\n")
        bar.pause()
        if tally.n_lost and not tally.n_documents:
            # Raised here, so that no empty file takes the place of an earlier one.
            raise MtcheckError(f"nothing was scored, {tally.lost()}")
    _tell(tally.unchecked())
    if not settings.quiet:
        say(tally.summary())
    if settings.profile:
        _tell(profile(clock.seconds, tally.n_paragraphs))
    if tally.stopped is not None:
        raise tally.stopped
    return SOME_LOST if tally.n_lost else ALL_DONE


def _score_corpus(paths: Sequence[str], settings: Config, target: "Target") -> int:
    """Score into a file or a folder of parts, which a run that is stopped takes up."""
    from mtcheck.corpus.run import Inputs, Run

    with (
        stopped_by_sigterm(),
        ProgressBar(not settings.quiet) as bar,
        _grammar(settings, bar) as service,
    ):
        watch = CorpusWatch(bar)
        run = Run(
            Inputs.of(paths, _reading(settings)),
            _work(settings, target.format, service),
            target,
            watch,
            _jobs(settings),
            settings.scheduler,
        )
        counts = run.score()
    if not settings.quiet:
        _tell(watch.summary(counts))
    if settings.profile:
        _tell(profile(counts.seconds, counts.paragraphs))
    return SOME_LOST if counts.lost else ALL_DONE


def _foretell(paths: Sequence[str], settings: Config, target: "Target | None") -> int:
    """Print what a run would take."""
    from mtcheck.corpus.forecast import foretell
    from mtcheck.corpus.run import Inputs

    format = target.format if target else "jsonl"
    with ProgressBar(not settings.quiet) as bar, _grammar(settings, bar) as service:
        inputs = Inputs.of(paths, _reading(settings))
        found = foretell(inputs, _work(settings, format, service))
    with writing(None, is_for_people=True) as (write, _):
        for line in describe_forecast(found, format, _jobs(settings)):
            write(f"{line}\n")
    return SOME_LOST if found.n_lost else ALL_DONE


def _work(settings: Config, format: str, service: "Service | None") -> "Work":
    from mtcheck.corpus.work import Work
    from mtcheck.models import open_model

    return Work(
        settings.model,
        open_model(settings.model).signature,
        settings.tier,
        settings.level,
        settings.paragraphs,
        format,
        settings.whole_page,
        service,
    )


def _jobs(settings: Config) -> int:
    """Return the number of processes; those of a run may be kept to some cores."""
    return settings.jobs or len(os.sched_getaffinity(0))


@commands.command()
@_PATHS
@_settings("lint")
def lint(paths: tuple[str, ...], **options: Any) -> int:
    """Report the defects of texts, with their places.

    A PATH is a file, a folder or a pattern; - is standard input. Lines and columns are
    those of the file, in Markdown and HTML too; in records they count the text.

    Exit status: 0 no defect, 1 defects, 2 some input could not be read.
    """
    settings = load(options)
    from mtcheck.linting.formats import format_of
    from mtcheck.linting.run import Run
    from mtcheck.read import read

    chosen = format_of(settings.lint_format)
    _spare(paths, settings.output)
    reading = replace(_reading(settings), is_page_source=True)
    n_unmended = 0
    if settings.fix:
        from mtcheck.mending import mend_files

        has_room = chosen.is_for_people or settings.output is not None
        n_unmended = mend_files(paths, reading, settings, has_room)
    with (
        ProgressBar(not settings.quiet) as bar,
        _grammar(settings, bar) as service,
        writing(settings.output, chosen.is_for_people) as (write, screen),
    ):
        run = Run.of(settings, service)
        tally = Tally(bar)
        results = tally.linted(run.results(read(paths, reading)))
        for line in chosen.render(results, screen):
            if screen.is_terminal:
                bar.pause()
            write(line + "\n")
    _tell(tally.unchecked())
    if tally.stopped is not None:
        raise tally.stopped
    for line in run.close():
        if not settings.quiet:
            say(line)
    if tally.n_lost or n_unmended:
        return NOTHING_DONE
    return FOUND if run.n_findings and not settings.exit_zero else ALL_DONE


@commands.command()
@click.argument("suspect")
@click.argument("original")
@_settings("compare")
def compare(suspect: str, original: str, **options: Any) -> int:
    """Say what became of the ORIGINAL in the SUSPECT.

    Each is a file with one text; - is standard input. Told is what was kept, spun,
    moved, dropped and added, paragraph by paragraph, and how much of the original comes
    again. In two languages, paragraphs are aligned by names and numbers.

    Exit status: 0 done, 2 nothing could be done.
    """
    if suspect == original == "-":
        raise click.UsageError("Only one of the texts can be standard input.")
    settings = load(options)
    from mtcheck.comparison import compare as compare_texts
    from mtcheck.comparison.formats import format_of, named_by
    from mtcheck.read import read_one

    chosen = format_of(settings.compare_format or named_by(settings.output))
    _spare((suspect, original), settings.output)
    reading = _reading(settings)
    with ProgressBar(not settings.quiet) as bar:
        texts = read_one(suspect, reading), read_one(original, reading)
        bar.update("comparing")
        found = compare_texts(
            *texts, model=settings.model, paragraphs=settings.paragraphs
        )
    with writing(settings.output, chosen.is_for_people) as (write, screen):
        for line in chosen.render(found, screen):
            write(line + "\n")
    return ALL_DONE


@commands.command("filter")
@click.argument("scores", metavar="SCORES...", nargs=-1, required=True)
@click.option(
    "--keep",
    metavar="EXPR",
    multiple=True,
    help="Keep only what this holds for; of several, all.",
)
@click.option(
    "--drop",
    metavar="EXPR",
    multiple=True,
    help="Drop what this holds for; of several, any.",
)
@click.option(
    "--weight",
    metavar="EXPR",
    help="Give each row this number; what is not above 0 is dropped.",
)
@click.option(
    "--level",
    type=click.Choice(["paragraph", "document"]),
    default="paragraph",
    help="Judge each row, or all rows of a document together. [default: paragraph]",
)
@click.option(
    "--output",
    metavar="PATH",
    help="Write to this .parquet, .jsonl or .csv instead of lines of JSON to "
    "standard output.",
)
@click.option("--quiet", is_flag=True, help="No progress bar and no counts.")
def filter_scores(
    scores: tuple[str, ...],
    keep: tuple[str, ...],
    drop: tuple[str, ...],
    weight: str | None,
    level: "Level",
    output: str | None,
    quiet: bool,
) -> int:
    """Keep, drop or weight paragraphs or documents by their scores.

    SCORES are files that `mtcheck score` wrote (.parquet, .jsonl, .csv), or a folder of
    its parts. What is kept is written as a table that joins to the corpus and to the
    scores: document, paragraph, start, end, and weight where one is asked for.

    \b
    mtcheck filter scores/ --drop 'evidence >= "moderate" or has("MT501")' \\
        --output kept.parquet
    mtcheck filter scores/ --level document \\
        --keep 'share(evidence >= "moderate") < 0.1' --weight 'mean(original)'

    An expression names document, paragraph, start, end, length, language, label,
    original, paraphrased, machine_mangled (the probabilities), evidence, abstained,
    findings (how many) and model; has("MT5") and count("MT5") ask for findings by
    code. Of a document, share(...), any(...), all(...), mean(...) and sum(...) say
    what holds of its paragraphs. What was not judged is null there: a comparison with
    it is neither true nor false, so that --drop lets it stay and --keep does not,
    unless it says `label is None or ...`.

    Exit status: 0 done, 1 some scores could not be read, 2 nothing could be done.
    """  # noqa: D301 - click knows its mark by a real backspace
    if not (keep or drop or weight):
        raise click.UsageError("Give --keep, --drop or --weight.")
    from mtcheck.errors import InputError
    from mtcheck.filtering import Sieve, find_tables, read_tables, writer_for

    sieve = Sieve(keep, drop, weight, level)
    counts = sieve.counts
    open_writer = writer_for(output)
    found = [*find_tables(scores)]
    _spare([path for path in found if isinstance(path, str)], output)
    with (
        # Not among the lines that go to a terminal.
        ProgressBar(not quiet and output is not None) as bar,
        writing_bytes(output) as target,
        open_writer(target, sieve.schema) as write,
    ):
        for part in sieve.sift(read_tables(found, sieve.columns)):
            if isinstance(part, InputError):
                bar.say(str(part))
                continue
            write(part)
            bar.update(f"{counts.n_kept:,} of {count(counts.n_seen, level)} kept")
        if counts.n_lost and not counts.n_seen:
            # Raised here, so that no empty file takes the place of an earlier one.
            raise MtcheckError("nothing was filtered")
    if not quiet:
        for line in counts.lines(level):
            say(line)
    return SOME_LOST if counts.n_lost else ALL_DONE


@commands.command()
@click.argument("data", metavar="DATA...", nargs=-1)
@click.option(
    "--model",
    "models",
    metavar="NAME|DIR",
    multiple=True,
    help="A model, with its tier behind a colon if need be (base:fast); or a baseline "
    "that is fitted to --train: perplexity, readability, tfidf, phrases. Repeatable.",
)
@click.option(
    "--predictions",
    metavar="NAME=FILE",
    multiple=True,
    help="What another detector said: JSONL, CSV or Parquet with id, and probabilities "
    "or label. Repeatable.",
)
@click.option(
    "--command",
    "programs",
    metavar="NAME='...'",
    multiple=True,
    help="Another detector: reads lines of JSON with text, writes lines of JSON with "
    "probabilities or label. Repeatable.",
)
@click.option(
    "--train",
    metavar="FILE",
    multiple=True,
    help="Labelled texts that baselines are fitted to. Repeatable.",
)
@click.option(
    "--attack",
    "attacks",
    metavar="NAME[:STRENGTH]",
    multiple=True,
    help="Measure what changes of the texts cost, such as homoglyphs or synonyms:0.5; "
    "all of them with all. Repeatable.",
)
@click.option(
    "--systems",
    "is_of_systems",
    is_flag=True,
    help="Compare the systems that made the texts, by what one model and the rules "
    "say of them; labels are not needed.",
)
@click.option("--output", metavar="DIR", help="The folder of the report.")
@click.option(
    "--verify",
    metavar="DIR",
    help="Do again what the report in this folder says, and compare the figures.",
)
@click.option("--seed", type=int, default=7, show_default=True, help="Of all chance.")
@click.option(
    "--resamples",
    type=int,
    default=1000,
    show_default=True,
    help="Draws of documents for intervals and tests.",
)
@click.option(
    "--least",
    type=int,
    default=30,
    show_default=True,
    help="Texts that a stratum or a system needs for figures.",
)
@click.option(
    "--errors",
    type=int,
    default=0,
    show_default=True,
    help="Show so many of the worst errors of each model; they quote the texts.",
)
@click.option(
    "--time-limit",
    type=float,
    default=3600.0,
    show_default=True,
    help="Seconds that a --command may take.",
)
@click.option("--quiet", is_flag=True, help="No progress bar and no closing line.")
def benchmark(
    output: str | None,
    verify: str | None,
    is_of_systems: bool,
    quiet: bool,
    **options: Any,
) -> int:
    """Compare models on labelled texts, or systems by the texts that they made.

    DATA are files of records (.jsonl, .csv, .tsv, .parquet) with text and label
    (original, paraphrased or machine_mangled); doc_id, language, detail, tier, genre,
    source and system are used where they are given. The report is written to a folder
    as JSON, Markdown, LaTeX and HTML.

    \b
    mtcheck benchmark dev.jsonl --model base --model base:fast --model tfidf \\
        --train train.jsonl --output report/
    mtcheck benchmark wmt.jsonl --systems --model base --output systems/
    mtcheck benchmark --verify report/

    With --systems, records need text and system; source, language, src_lang, doc_id,
    quality (what people thought) and quality_kind are used where they are given.

    Exit status: 0 done, or verified; 1 some input or model was lost, or figures
    differ; 2 nothing could be done.
    """  # noqa: D301 - click needs the character itself
    if verify is not None:
        asked = ("data", "models", "predictions", "programs", "train", "attacks")
        is_asked = output is not None or is_of_systems
        if is_asked or any(options[name] for name in asked):
            raise click.UsageError("--verify takes all it needs from the report.")
        return _verify(verify, quiet)
    if not options["data"] or output is None:
        raise click.UsageError("Give DATA and --output, or --verify.")
    if is_of_systems:
        return _compare_systems(output, quiet, options)
    from pathlib import Path

    from mtcheck.benchmarking.plan import Plan, prepare
    from mtcheck.benchmarking.report import check_place, write_report
    from mtcheck.benchmarking.run import run

    plan = Plan(commands=options.pop("programs"), **options)
    with stopped_by_sigterm(), ProgressBar(not quiet) as bar:
        prepared = prepare(plan)
        check_place(Path(output), prepared.signature)
        report = run(prepared, bar.update)
        write_report(Path(output), report)
    _tell(f"{error}" for error in report["lost"])
    _tell(f"{name} is left out: {why}" for name, why in report["failed"].items())
    attacked = report["robustness"] or {"left_out": {}, "failed": {}}
    unattacked = {**attacked["left_out"], **attacked["failed"]}
    _tell(f"{name} is not attacked: {why}" for name, why in unattacked.items())
    if not quiet:
        _tell(f"{n:,} left out: {why}" for why, n in report["skipped"].items())
        texts, models = (
            count(report["n"], "text"),
            count(len(report["models"]), "model"),
        )
        say(f"{texts}, {models}; report in {output}")
    is_lost = report["lost"] or report["failed"] or attacked["failed"]
    return SOME_LOST if is_lost else ALL_DONE


def _compare_systems(output: str, quiet: bool, options: dict[str, Any]) -> int:
    """Write a report on the systems of the data."""
    used = ("data", "seed", "resamples", "least")
    context = click.get_current_context()
    for option in context.command.params:
        name = str(option.name)
        is_given = context.get_parameter_source(name) is ParameterSource.COMMANDLINE
        if is_given and name in options and name not in (*used, "models"):
            raise click.UsageError(f"--systems has no use for {option.opts[0]}.")
    if len(options["models"]) > 1:
        raise click.UsageError("--systems takes one --model.")
    from pathlib import Path

    from mtcheck.benchmarking.report import check_place, write_report
    from mtcheck.benchmarking.systems.plan import SystemsPlan, prepare_systems
    from mtcheck.benchmarking.systems.run import run_systems
    from mtcheck.models import DEFAULT

    (model,) = options["models"] or (DEFAULT,)
    plan = SystemsPlan(model=model, **{name: options[name] for name in used})
    with stopped_by_sigterm(), ProgressBar(not quiet) as bar:
        prepared = prepare_systems(plan)
        check_place(Path(output), prepared.signature)
        report = run_systems(prepared, bar.update)
        write_report(Path(output), report)
    _tell(report["lost"])
    if not quiet:
        _tell(f"{n:,} left out: {why}" for why, n in report["skipped"].items())
        compared = sum(len(one["systems"]) for one in report["contests"])
        texts = sum(one["n"] for one in report["contests"])
        say(f"{count(texts, 'text')}, {count(compared, 'system')}; report in {output}")
    return SOME_LOST if report["lost"] else ALL_DONE


def _verify(folder: str, quiet: bool) -> int:
    """Make a report again, and say what differs."""
    from pathlib import Path

    from mtcheck.benchmarking.verify import differences, prepare_again, run_again

    with stopped_by_sigterm(), ProgressBar(not quiet) as bar:
        report, prepared = prepare_again(Path(folder))
        found = list(differences(report, run_again(prepared, bar.update)))
    _tell(found[:20])
    if len(found) > 20:
        say(f"and {len(found) - 20} more")
    if not quiet:
        say(
            f"{folder}: {count(len(found), 'difference')}"
            if found
            else f"{folder}: the same figures"
        )
    return FOUND if found else ALL_DONE


@commands.command()
@click.argument("name", metavar="CODE-OR-FEATURE", required=False)
def explain(name: str | None) -> None:
    """Say what a rule or a feature means, with examples; or list the rules."""
    from mtcheck.explain import explain as lines_on
    from mtcheck.explain import list_rules

    with writing(None, is_for_people=True) as (write, screen):
        for line in list_rules(screen) if name is None else lines_on(name, screen):
            write(line + "\n")


@commands.command()
@click.argument("name", required=False)
def models(name: str | None) -> None:
    """List the installed models, or show the card of one."""
    from mtcheck.explain import describe_model, list_models
    from mtcheck.models import model_folders, open_model

    with writing(None, is_for_people=True) as (write, screen):
        lines = (
            list_models(model_folders(), screen)
            if name is None
            else describe_model(open_model(name), screen)
        )
        for line in lines:
            write(line + "\n")


@commands.command()
def lsp() -> None:
    """Show an editor what lint finds, while one writes; needs mtcheck[lsp]."""
    from mtcheck.lsp import serve

    serve()


@commands.command()
@_settings("serve")
def serve(**options: Any) -> int:
    """Show a page to try texts on, and answer programs; needs mtcheck[web].

    The page marks a text that is pasted or dropped. Programs POST to /api/score and
    /api/lint; /openapi.json describes it. Nothing is stored. Ctrl-C ends it.
    """
    from mtcheck.web import serve as listen

    listen(load(options), say)
    return ALL_DONE


def _grammar(
    settings: Config, bar: ProgressBar
) -> "AbstractContextManager[Service | None]":
    """Return a block with the LanguageTool that the settings ask for."""
    if settings.grammar == OFF:
        return nullcontext()  # nothing is imported for it
    from mtcheck.grammar.server import grammar_service

    return grammar_service(settings.grammar, _jobs(settings), bar.say)


def _reading(settings: Config) -> "ReadOptions":
    from mtcheck.read import ReadOptions

    return ReadOptions(
        text_field=settings.text_field,
        id_field=settings.id_field,
        whole_page=settings.whole_page,
        language=None if settings.language == "auto" else settings.language,
    )


def _sparing_inputs(
    results: "Iterable[Scored]", output: str | None
) -> "Iterator[Scored]":
    """Pass on the results; the output may lie in a folder that is being read."""
    previous = None
    for result in results:
        source = result.document.source
        if source is not None and source != previous:
            _spare([source], output)
            previous = source
        yield result


def _spare(paths: Sequence[str], output: str | None) -> None:
    """Refuse to write over an input: a corpus is never rewritten."""
    for path in paths if output is not None else ():
        if os.path.realpath(path) == os.path.realpath(str(output)):
            raise ConfigError(
                f"config: output must not be an input, got {output!r}; name another "
                "file"
            )


def _tell(lines: Iterable[str]) -> None:
    for line in lines:
        say(line)
