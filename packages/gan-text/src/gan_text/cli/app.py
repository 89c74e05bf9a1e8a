"""`gan-text`: the shared verbs on the recipes of this package, and those of text. Imports no TensorFlow."""

from __future__ import annotations

import functools
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

from cyclopts import App

import gan_text
from gan_core.cli import Modality, make_app, run
from gan_text.cli import grammar as grammar_commands
from gan_text.cli.check import check
from gan_text.cli.demo import demo
from gan_text.cli.evaluate import evaluate
from gan_text.cli.prepare import prepare
from gan_text.cli.sample import interpolate, sample
from gan_text.errors import TextWarning
from gan_text.recipes import RECIPES

MODALITY = Modality(
    program="gan-text",
    summary="Language GANs on Keras 3: characters, words and grammars, trained from one command.",
    version=gan_text.__version__,
    recipes=RECIPES,
    check=check,
    demo=demo,
    tries_settings=True,
)


def application() -> App:
    """The program: the shared verbs, `sample` with the options of text, and the verbs that only text has."""
    app = make_app(MODALITY)
    _check_text_before_resuming(app)
    del app["sample"]
    for command in (sample, evaluate, interpolate, prepare):
        app.command(command)
    grammar = App(name="grammar", help="Sample from grammars, count their strings, and test strings exactly.")
    for command in (grammar_commands.sample, grammar_commands.count, grammar_commands.accepts, grammar_commands.check):
        grammar.command(command)
    app.command(grammar)
    return app


def _check_text_before_resuming(app: App) -> None:
    """`resume` refuses text whose vocabulary is not the run's: equal sizes would otherwise mix up tokens silently."""
    shared = cast(Callable[..., Any], app["resume"].default_command)
    del app["resume"]

    @functools.wraps(shared)
    def resume(run, /, **options):
        refuse_changed_text(run)
        return shared(run, **options)

    app.command(resume, name="resume")


def refuse_changed_text(run: Path) -> None:
    """Compare the vocabulary of a run with that of its text as it is now.

    Raises:
        TextDataError: they differ.
    """
    from gan_core.cli.verbs import data_of
    from gan_core.run.config import validate
    from gan_core.run.folder import RunFolder
    from gan_text.runs import require_same_vocabulary
    from gan_text.training.previews import VOCABULARY

    folder = RunFolder.open(run)
    if not (folder.path / VOCABULARY).exists():
        return  # stopped before its first step
    _, module, values = MODALITY.recipe_of(folder.config)
    config = validate(module.Config, values, str(folder.config))
    require_same_vocabulary(folder, data_of(module, config, folder)[0].vocabulary, config.data)


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
    run(application())
