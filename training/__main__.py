"""``python -m training``: from the data folder to a model folder, in one command."""

import json
import os
import shutil
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import click
from joblib import Parallel, delayed
from rich.console import Console
from threadpoolctl import threadpool_limits

from mtcheck.errors import MtcheckError
from mtcheck.languages import languages
from training.build import Built, build_language, replace_folder
from training.card import make_card
from training.data import Row, fingerprint, read_added
from training.kenlm_tools import KenlmTools, find_or_build
from training.lexicons import NOTICE

_ROOT = Path(__file__).parents[1]
_SHARED = Path(os.environ.get("MTCHECK_SHARED", _ROOT.parent / "shared"))


def _build(
    data: Path,
    code: str,
    added: Sequence[Row],
    folder: Path,
    tools: KenlmTools,
    seed: int,
) -> Built:
    console, start = Console(stderr=True), time.monotonic()

    def say(step: str) -> None:
        minutes, seconds = divmod(int(time.monotonic() - start), 60)
        console.print(f"{minutes:3}:{seconds:02} {code}: {step}", highlight=False)

    # Threads add in another order each time; one gives the same bytes each time.
    with threadpool_limits(1):
        return build_language(data, code, added, folder / code, tools, seed, say)


@click.command()
@click.option(
    "--data",
    type=click.Path(path_type=Path),
    default=_SHARED / "data",
    help="Folder with paragraphs/, lm/ and lexicons/. "
    "[default: data/ of MTCHECK_SHARED]",
)
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    default=_ROOT / "models" / "base",
    help="Model folder to make. [default: models/base]",
)
@click.option(
    "--add",
    "files",
    multiple=True,
    type=click.Path(path_type=Path),
    help="JSONL file of your own rows (text, label, lang) to learn from as well; "
    "may be given several times.",
)
@click.option("--seed", default=7, show_default=True, help="Seed of all that is drawn.")
@click.option("--jobs", default=2, show_default=True, help="Languages trained at once.")
def main(
    data: Path, output: Path, files: tuple[Path, ...], seed: int, jobs: int
) -> None:
    """Train the models of every language and write a model folder."""
    try:
        known = [
            code
            for code in languages()
            if (data / "paragraphs" / f"train.{code}.jsonl.xz").is_file()
        ]
        if not known:
            raise click.ClickException(
                f"{data}: needs paragraphs/train.<language>.jsonl.xz; "
                "name the folder with --data"
            )
        added = [row for path in files for row in read_added(path)]
        strange = sorted({row.language for row in added} - set(known))
        if strange:
            raise click.ClickException(
                f"--add: rows of {', '.join(strange)} need "
                f"{data}/paragraphs/train.{strange[0]}.jsonl.xz and text in lm/; "
                f"languages to train are {', '.join(known)}"
            )
        tools = find_or_build()
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch, output.name)
            built = Parallel(n_jobs=jobs)(
                delayed(_build)(
                    data,
                    code,
                    [row for row in added if row.language == code],
                    folder,
                    tools,
                    seed,
                )
                for code in known
            )
            shutil.copy(NOTICE, folder / NOTICE.name)
            read = fingerprint(data, files)
            card = make_card(output.name, folder, built, read, seed)
            text = json.dumps(card, ensure_ascii=False, indent=1, sort_keys=True)
            (folder / "card.json").write_text(text + "\n", encoding="utf-8")
            replace_folder(folder, output)
    except MtcheckError as error:
        raise click.ClickException(str(error)) from error


if __name__ == "__main__":
    main()
