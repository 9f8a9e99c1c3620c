"""Labels paragraphs original, paraphrased or machine_mangled, and says where and why.

Each name is imported when first used: a command that needs no model loads none.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mtcheck.arrow import score_batches
    from mtcheck.benchmarking import benchmark
    from mtcheck.comparison import compare
    from mtcheck.comparison.values import Comparison
    from mtcheck.errors import (
        ConfigError,
        InputError,
        ModelError,
        MtcheckError,
        ResourceError,
    )
    from mtcheck.estimators import FeatureExtractor, VerdictClassifier
    from mtcheck.linting import lint
    from mtcheck.scoring import score
    from mtcheck.types import (
        Document,
        Finding,
        Label,
        Reason,
        Scored,
        Span,
        Verdict,
    )

__version__ = "0.1.0"

__all__ = [
    "Comparison",
    "ConfigError",
    "Document",
    "FeatureExtractor",
    "Finding",
    "InputError",
    "Label",
    "ModelError",
    "MtcheckError",
    "Reason",
    "ResourceError",
    "Scored",
    "Span",
    "Verdict",
    "VerdictClassifier",
    "__version__",
    "benchmark",
    "compare",
    "lint",
    "score",
    "score_batches",
]

# The modules are called scoring and linting because an imported module would take the
# place of a function with its name.
_HOMES = {
    "arrow": "score_batches",
    "benchmarking": "benchmark",
    "comparison": "compare",
    "comparison.values": "Comparison",
    "errors": "ConfigError InputError ModelError MtcheckError ResourceError",
    "estimators": "FeatureExtractor VerdictClassifier",
    "linting": "lint",
    "scoring": "score",
    "types": "Document Finding Label Reason Scored Span Verdict",
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names.split()}


def __getattr__(name: str) -> Any:
    """Import a public name from its module (PEP 562)."""
    if name not in _HOME_OF:
        raise AttributeError(f"module 'mtcheck' has no attribute {name!r}")
    value = getattr(import_module(f"mtcheck.{_HOME_OF[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """Return the public names, imported or not."""
    return sorted({*globals(), *__all__})
