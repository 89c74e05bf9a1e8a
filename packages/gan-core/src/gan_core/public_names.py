"""Public names of a package that are resolved on first use (PEP 562), so that importing it loads nothing heavy."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any


def public_names(package: str, homes: Mapping[str, Sequence[str]]) -> tuple[
        Callable[[str], Any], Callable[[], list[str]], list[str]]:
    """`__getattr__`, `__dir__` and `__all__` of a package.

    Args:
        package: its `__name__`.
        homes: module of the package -> names that it defines. The modules themselves are attributes too.

    Example:
        >>> __getattr__, __dir__, __all__ = public_names(__name__, {"loader": ("Loader",)})
    """
    home_of = {name: module for module, names in homes.items() for name in names}
    names = sorted(home_of)

    def resolve(name: str):
        if name in home_of:
            return getattr(importlib.import_module(f"{package}.{home_of[name]}"), name)
        if name in homes:
            return importlib.import_module(f"{package}.{name}")
        raise AttributeError(f"module {package!r} has no attribute {name!r}")

    return resolve, lambda: names, names
