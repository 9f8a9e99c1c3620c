"""TSV: CSV with tabs in place of commas."""

from functools import partial

from mtcheck.read.formats import csv
from mtcheck.read.records import Reader

READER = Reader((".tsv",), partial(csv.steps, delimiter="\t"), has_records=True)
