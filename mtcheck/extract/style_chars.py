"""Style by character n-grams: endings, spellings, small words and their joints."""

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from mtcheck.extract import Tier
from mtcheck.extract.style import CHAR_ORDERS, Style, char_buckets


class StyleChars(Style):
    """Log-odds of rewritten and of machine text by its character n-grams."""

    name: ClassVar[str] = "style_chars"
    version: ClassVar[int] = 1
    tier: ClassVar[Tier] = "full"
    features: ClassVar[dict[str, str]] = {
        "style.char_rewritten_logit": "log-odds of rewritten against human text by its "
        "character n-grams",
        "style.char_machine_logit": "log-odds of machine translation against human "
        "text by its character n-grams",
    }

    kind: ClassVar[str] = "char"

    def _buckets(self, lines: Sequence[Sequence[str]]) -> NDArray[np.uint32]:
        return char_buckets(" ".join(" ".join(line) for line in lines))

    def _by_token(
        self, gains: NDArray[Any], lines: Sequence[Sequence[str]]
    ) -> NDArray[Any]:
        """Sum the gains of the n-grams that start in each token."""
        widths = [len(token) + 1 for line in lines for token in line]
        length = sum(widths) - 1
        places, at = np.zeros(length + 1), 0
        for order in CHAR_ORDERS:
            n_grams = max(length - order + 1, 0)
            places[:n_grams] += gains[at : at + n_grams]
            at += n_grams
        starts = np.cumsum([0, *widths[:-1]])
        return np.add.reduceat(places, starts)


EXTRACTOR = StyleChars
