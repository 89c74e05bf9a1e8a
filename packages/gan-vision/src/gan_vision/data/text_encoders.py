"""Encoders of text that a user brings along: any function from texts to vectors."""

from __future__ import annotations

import importlib
import operator
import os
import sys
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from gan_core.errors import ConfigError, DataError
from gan_core.progress import track

Encoder = Callable[[list[str]], Any]
"""n texts -> numbers (n, k)."""
MOST_NUMBERS = 65_536  # of a vector


def encoder_by_name(name: str) -> Encoder:
    """The function that "module:function" names, from the current folder or an installed package.

    Importing a module runs its code: take the name from the person at the keyboard, never from a file.

    Args:
        name: as in "my_encoder:encode"; the part behind the colon may have dots.

    Raises:
        ConfigError: another form, no such module or function, a module that fails when it is imported, or something
            that cannot be called.

    Example:
        >>> encoder_by_name("my_encoder:encode")(["a red bird"]).shape
        (1, 1024)
    """
    module_name, colon, attribute = name.partition(":")
    if not colon or not all(part.isidentifier() for part in (*module_name.split("."), *attribute.split("."))):
        raise ConfigError("`encoder` must have the form module:function, as in my_encoder:encode for the function "
                          f"encode in my_encoder.py. Received: encoder={name!r}.")
    if (here := os.getcwd()) not in sys.path:
        sys.path.insert(0, here)
    try:
        module = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        if error.name is not None and (module_name == error.name or module_name.startswith(f"{error.name}.")):
            raise ConfigError(f"there is no module {error.name!r} in {here} or among the installed packages. "
                              f"Received: encoder={name!r}. Run the command in the folder of {module_name}.py."
                              ) from error
        raise ConfigError(f"the module {module_name!r} of the encoder needs {error.name!r}, which is not installed. "
                          "Install it.") from error
    except Exception as error:  # code of the user's own
        raise ConfigError(f"the module {module_name!r} of the encoder cannot be imported: {_said(error)}. Correct "
                          "it.") from error
    try:
        found = operator.attrgetter(attribute)(module)
    except AttributeError:
        functions = sorted(key for key, value in vars(module).items() if callable(value) and not key.startswith("_"))
        raise ConfigError(f"the module {module_name!r} has no {attribute!r}. Received: encoder={name!r}. Found: "
                          f"{', '.join(functions[:10]) or 'no functions'}.") from None
    if not callable(found):
        raise ConfigError(f"`encoder` must name a function of a list of texts. Received: encoder={name!r}, which is of "
                          f"type {type(found).__name__}.")
    return found


def encode_texts(encode: Encoder, texts: Sequence[str], *, size: int | None = None, batch_size: int = 128,
                 ) -> np.ndarray:
    """The vectors of texts, checked.

    Args:
        encode: list of m texts -> numbers (m, k): an array, a tensor, or lists.
        texts: n of them.
        size: int, the k that is expected, if it is known.
        batch_size: int, texts that are encoded at a time.

    Returns:
        float32 (n, k).

    Raises:
        DataError: the function fails, or what it returns is of another shape, no numbers, or not finite.

    Example:
        >>> encode_texts(lambda texts: [[len(text), 1] for text in texts], ["a bird", "two"])
        array([[6., 1.], [3., 1.]], dtype=float32)
    """
    found: list[np.ndarray] = []
    for start in track(range(0, len(texts), batch_size), "encoding captions"):
        part = list(texts[start:start + batch_size])
        try:
            vectors = np.asarray(encode(list(part)))
        except Exception as error:  # code of the user's own
            raise DataError(f"the encoder failed at {part[0][:40]!r} and the {len(part) - 1} texts after it: "
                            f"{_said(error)}. Correct it.") from error
        size = vectors.shape[1] if size is None and vectors.ndim == 2 else size
        fits = vectors.shape == (len(part), size) and 0 < vectors.shape[1] <= MOST_NUMBERS
        if not fits or vectors.dtype.kind not in "uif":
            raise DataError(f"the encoder must return numbers ({len(part)}, {size or 'k'}) for {len(part)} texts. "
                            f"Found: {vectors.dtype} {vectors.shape}. Return one vector for each text, all of one "
                            "length.")
        with np.errstate(over="ignore"):
            vectors = vectors.astype(np.float32)
        if not (finite := np.isfinite(vectors).all(axis=1)).all():
            raise DataError("the encoder must return finite numbers. Found: others for "
                            f"{part[int(np.argmin(finite))][:40]!r}. Correct it, or take this text out.")
        found.append(vectors)
    return np.concatenate(found) if found else np.zeros((0, size or 0), np.float32)


def _said(error: Exception) -> str:
    """Type and first line of an error, on one line."""
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}: {lines[0]}" if lines else type(error).__name__
