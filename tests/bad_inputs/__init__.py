"""Bad inputs, one a row: how each is made, what is said of it, and what is kept.

``test_bad_input.py`` tries every row, and ``update_docs.py`` makes a page of them.
"""

from bad_inputs.commands import OTHERS
from bad_inputs.files import FILES, PACKED, TEXTS
from bad_inputs.records import PAGES, RECORDS
from bad_inputs.settings import MODELS, OUTPUT, SETTINGS

CASES = (
    *FILES,
    *TEXTS,
    *PACKED,
    *RECORDS,
    *PAGES,
    *SETTINGS,
    *MODELS,
    *OUTPUT,
    *OTHERS,
)
