"""`gan-text`: the shared verbs on the recipes of this package, and those of text. Imports no TensorFlow."""

from __future__ import annotations

import sys
import warnings

import gan_text
from gan_core.cli import Modality, make_app, run
from gan_text.cli.check import check
from gan_text.cli.demo import demo
from gan_text.cli.evaluate import evaluate
from gan_text.cli.grammar import grammar
from gan_text.cli.nearest import nearest
from gan_text.cli.prepare import prepare
from gan_text.cli.sample import interpolate, sample
from gan_text.errors import TextWarning
from gan_text.recipes import RECIPES

MODALITY = Modality(
    program="gan-text",
    summary="Language GANs on Keras 3: characters, words and grammars, trained from one command.",
    version=gan_text.__version__,
    recipes=RECIPES,
    verbs={"check": check, "demo": demo, "sample": sample, "evaluate": evaluate, "interpolate": interpolate,
           "nearest": nearest,
           "prepare": prepare, "grammar": grammar},
)


def say_warning(message, category, filename, line, file=None, source=None) -> None:
    """What to know about the text as one line; other warnings as Python has them."""
    if issubclass(category, TextWarning):
        print(f"warning: {message}", file=sys.stderr)
    else:
        _SHOW(message, category, filename, line, file, source)


_SHOW = warnings.showwarning


def main() -> None:
    """The console script."""
    warnings.showwarning = say_warning
    run(make_app(MODALITY))
