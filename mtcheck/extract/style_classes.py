"""Style by n-grams of classes of words: the frame of a sentence without its words."""

from typing import ClassVar

from mtcheck.extract import Tier
from mtcheck.extract.style import Style, logits


class StyleClasses(Style):
    """Log-odds of rewritten and of machine text by the classes of its words."""

    name: ClassVar[str] = "style_classes"
    version: ClassVar[int] = 3
    tier: ClassVar[Tier] = "full"
    kind: ClassVar[str] = "class"
    features: ClassVar[dict[str, str]] = logits(kind, "the classes of its words")


EXTRACTOR = StyleClasses
