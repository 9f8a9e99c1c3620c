"""Style by n-grams of classes of words: the frame of a sentence without its words."""

from typing import ClassVar

from mtcheck.extract import Tier
from mtcheck.extract.style import Style


class StyleClasses(Style):
    """Log-odds of rewritten and of machine text by the classes of its words."""

    name: ClassVar[str] = "style_classes"
    version: ClassVar[int] = 1
    tier: ClassVar[Tier] = "full"
    features: ClassVar[dict[str, str]] = {
        "style.class_rewritten_logit": "log-odds of rewritten against human text by "
        "the classes of its words",
        "style.class_machine_logit": "log-odds of machine translation against human "
        "text by the classes of its words",
        "style.class_round_trip_logit": "log-odds of a rule-based round trip against "
        "human text by the classes of its words",
    }

    kind: ClassVar[str] = "class"


EXTRACTOR = StyleClasses
