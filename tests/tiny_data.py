"""A data folder of the project's form, small and made of our own words."""

import json
import lzma
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

WORDS = {
    "en": {
        "who": "keeper baker captain teacher farmer driver painter doctor".split(),
        "how": "old young quiet tired clever happy careful lonely".split(),
        "did": "bought cleaned carried opened found painted moved sold".split(),
        "what": "boat house door letter garden window bridge picture".split(),
        "where": "harbour village street market forest station school river".split(),
        "when": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split(),
    },
    "de": {
        "who": "Wirt Bauer Lehrer Fahrer Maler Arzt Müller Gärtner".split(),
        "how": "alte junge stille müde kluge frohe kleine dicke".split(),
        "did": "kaufte putzte trug fand malte suchte holte brachte".split(),
        "what": "Boot Haus Bild Buch Brot Rad Fenster Messer".split(),
        "where": "Hafen Dorf Garten Markt Wald Bahnhof Keller Hof".split(),
        "when": "Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag".split(),
    },
}
SENTENCES = {
    "en": (
        "The {how} {who} {did} a {what} near the {where} on {when}.",
        "On {when} a {how} {who} {did} the {what}, and the {where} was empty.",
        "We saw that the {who} of the {where} {did} her {how} {what} last {when}.",
    ),
    "de": (
        "Der {how} {who} {did} am {when} das {what} hinter dem {where}.",
        "Am {when} {did} ein {who} das {how} {what}, und der {where} war leer.",
        "Wir sahen, dass der {who} vom {where} das {how} {what} am {when} {did}.",
    ),
}
SPUN = {
    "en": {
        "house": "dwelling",
        "old": "aged",
        "bought": "purchased",
        "picture": "depiction",
        "street": "thoroughfare",
        "found": "detected",
    },
    "de": {
        "alte": "betagte",
        "Haus": "Gebäude",
        "kaufte": "erwarb",
        "Bild": "Gemälde",
        "Dorf": "Örtchen",
        "fand": "entdeckte",
    },
}
N_SOURCES, N_DOCUMENTS, N_PARAGRAPHS = 6, 14, 2
N_PLAIN = 4000


def sentence(language: str, random_: random.Random) -> str:
    """Return a sentence that a person might have written."""
    words = {slot: random_.choice(found) for slot, found in WORDS[language].items()}
    return random_.choice(SENTENCES[language]).format(**words)


def paragraph(language: str, random_: random.Random) -> str:
    """Return three to six sentences."""
    return " ".join(sentence(language, random_) for _ in range(random_.randint(3, 6)))


def spun(text: str, language: str) -> str:
    """Return the text as a spinner would leave it."""
    pairs = SPUN[language]
    return " ".join(pairs.get(word, word) for word in text.split())


def plain_line(language: str, random_: random.Random) -> str:
    """Return a sentence of plain text; people use the rare words too, but seldom."""
    text = sentence(language, random_)
    return spun(text, language) if random_.random() < 0.1 else text


def mangled(text: str, random_: random.Random) -> str:
    """Return the text with neighbours swapped, as from a bad translator."""
    words = text.split()
    for at in range(0, len(words) - 1, 4):
        if random_.random() < 0.8:
            words[at], words[at + 1] = words[at + 1], words[at]
    return " ".join(words)


def rows(language: str, part: str, n_sources: int) -> Iterator[dict[str, Any]]:
    """Yield labelled rows: each document as it was, spun, and mangled."""
    random_ = random.Random(f"{language} {part}")
    for number in range(n_sources * N_DOCUMENTS * N_PARAGRAPHS):
        source, document = number % n_sources, number // N_PARAGRAPHS
        text = paragraph(language, random_)
        for label, detail, system, found in (
            ("original", "human", "", text),
            ("paraphrased", "spun", "spinner", spun(text, language)),
            ("machine_mangled", "machine_translation", "swap", mangled(text, random_)),
        ):
            yield {
                "id": f"{part}.{number}.{label}",
                "lang": language,
                "text": found,
                "label": label,
                "detail": detail,
                "source": f"{part}{source}",
                "genre": "made",
                "system": system,
                "tier": "",
                "doc_id": f"{part}:{document}",
                "license": "Apache-2.0",
                "noncommercial": False,
            }


def pack(path: Path, lines: Iterator[str]) -> None:
    """Write lines as xz."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with lzma.open(path, "wt", encoding="utf-8", preset=0) as file:
        file.writelines(line + "\n" for line in lines)


def make_data(folder: Path) -> Path:
    """Make the data folder for both languages."""
    for code in WORDS:
        for part, n_sources in (("train", N_SOURCES), ("dev", 2)):
            made = (json.dumps(row) for row in rows(code, part, n_sources))
            pack(folder / "paragraphs" / f"{part}.{code}.jsonl.xz", made)
        random_ = random.Random(f"plain {code}")
        plain = (plain_line(code, random_) for _ in range(N_PLAIN))
        pack(folder / "lm" / f"{code}.made.txt.xz", plain)
    pairs = [f"{new}\t{old}\tour own [en; derived]" for old, new in SPUN["en"].items()]
    synonyms = ["word\talternatives\tsource", *pairs]
    pack(folder / "lexicons" / "spin_synonyms.tsv.xz", iter(synonyms))
    phrases = [
        "tortured\texpected\tsource",
        "profound learning\tdeep learning\tour own (CC BY 4.0)",
        "the old\tthe aged\tour own (CC BY 4.0)",
        "colossal information\tbig data\tsomebody's (no licence)",
    ]
    pack(folder / "lexicons" / "tortured_phrases.tsv.xz", iter(phrases))
    return folder
