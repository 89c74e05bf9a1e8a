"""`gan-vision control RUN`: what the adversary changes, by training the same generator without it."""

from __future__ import annotations

from gan_core.cli.app import Quiet
from gan_core.errors import ConfigError
from gan_vision.cli.evaluate_translation import compare_with_control
from gan_vision.cli.translate import Run
from gan_vision.translation.translation_run import TranslationRun


def control(run: Run, /, *, quiet: Quiet = False) -> None:
    """Train a translation's generator once more without the adversary (same seed and steps), and report the difference.

    The control becomes RUN/control, the result RUN/control.json; a control that is there already is taken.

    Args:
        quiet: Print nothing but errors and the result.
    """
    from gan_core.cli.verbs import open_run
    from gan_vision.recipes import RECIPES

    opened = open_run(RECIPES, run, data=True)
    if not isinstance(opened, TranslationRun):
        raise ConfigError(f"`control` is for runs that translate pictures. Received: {run}, of the recipe "
                          f"{opened.recipe.name}.")
    compare_with_control(opened, quiet)
