"""``python -m training``: from the data folder to a model folder, in one command."""

import json
import os
import shutil
import tempfile
import time
from pathlib import Path

import click
from joblib import Parallel, delayed
from rich.console import Console
from threadpoolctl import threadpool_limits

from mtcheck.errors import MtcheckError
from mtcheck.languages import languages
from training.build import Built, build_language, replace_folder
from training.card import make_card
from training.data import fingerprint
from training.kenlm_tools import KenlmTools, find_or_build
from training.lexicons import NOTICE

_ROOT = Path(__file__).parents[1]
_SHARED = Path(os.environ.get("MTCHECK_SHARED", _ROOT.parent / "shared"))


def _build(data: Path, code: str, folder: Path, tools: KenlmTools, seed: int) -> Built:
    console, start = Console(stderr=True), time.monotonic()

    def say(step: str) -> None:
        minutes, seconds = divmod(int(time.monotonic() - start), 60)
        console.print(f"{minutes:3}:{seconds:02} {code}: {step}", highlight=False)

    # Threads add in another order each time; one gives the same bytes each time.
    with threadpool_limits(1):
        return build_language(data, code, folder / code, tools, seed, say)


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
@click.option("--seed", default=7, show_default=True, help="Seed of all that is drawn.")
@click.option("--jobs", default=2, show_default=True, help="Languages trained at once.")
def main(data: Path, output: Path, seed: int, jobs: int) -> None:
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
        tools = find_or_build()
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch, output.name)
            built = Parallel(n_jobs=jobs)(
                delayed(_build)(data, code, folder, tools, seed) for code in known
            )
            shutil.copy(NOTICE, folder / NOTICE.name)
            card = make_card(output.name, folder, built, fingerprint(data), seed)
            text = json.dumps(card, ensure_ascii=False, indent=1, sort_keys=True)
            (folder / "card.json").write_text(text + "\n", encoding="utf-8")
            replace_folder(folder, output)
    except MtcheckError as error:
        raise click.ClickException(str(error)) from error


if __name__ == "__main__":
    main()
