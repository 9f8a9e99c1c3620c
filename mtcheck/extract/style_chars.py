"""Style by character n-grams: endings, spellings, small words and their joints."""

from typing import ClassVar

from mtcheck.extract import Tier
from mtcheck.extract.style import Style


class StyleChars(Style):
    """Log-odds of rewritten and of machine text by its character n-grams."""

    name: ClassVar[str] = "style_chars"
    version: ClassVar[int] = 2
    tier: ClassVar[Tier] = "full"
    features: ClassVar[dict[str, str]] = {
        "style.char_rewritten_logit": "log-odds of rewritten against human text by its "
        "character n-grams",
        "style.char_machine_logit": "log-odds of machine translation against human "
        "text by its character n-grams",
        "style.char_round_trip_logit": "log-odds of a rule-based round trip against "
        "human text by its character n-grams",
    }

    kind: ClassVar[str] = "char"


EXTRACTOR = StyleChars
