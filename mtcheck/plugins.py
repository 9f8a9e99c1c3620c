"""Plug-ins are found by looking into a folder: a file there is the registration."""

from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import Any


def collect(package: ModuleType, constant: str) -> list[Any]:
    """Return what each module of ``package`` holds under the name ``constant``.

    Modules come in alphabetical order; one without the constant is an ImportError.
    """
    found = []
    for module in sorted(iter_modules(package.__path__), key=lambda item: item.name):
        name = f"{package.__name__}.{module.name}"
        try:
            found.append(getattr(import_module(name), constant))
        except AttributeError:
            raise ImportError(f"{name} must define {constant}") from None
    return found
