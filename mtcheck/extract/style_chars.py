"""Style by character n-grams: endings, spellings, small words and their joints."""

from typing import ClassVar

from mtcheck.extract import Tier
from mtcheck.extract.style import Style, logits


class StyleChars(Style):
    """Log-odds of rewritten and of machine text by its character n-grams."""

    name: ClassVar[str] = "style_chars"
    version: ClassVar[int] = 4
    tier: ClassVar[Tier] = "full"
    kind: ClassVar[str] = "char"
    features: ClassVar[dict[str, str]] = logits(kind, "its character n-grams")


EXTRACTOR = StyleChars
