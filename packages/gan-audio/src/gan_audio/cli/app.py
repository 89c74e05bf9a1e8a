"""`gan-audio`: the shared verbs on the recipes of this package, and those of sound. Imports no TensorFlow."""

from __future__ import annotations

import sys
import warnings

import gan_audio
from gan_audio.cli.check import check
from gan_audio.cli.control import control, train_control
from gan_audio.cli.demo import demo
from gan_audio.cli.enhance import enhance
from gan_audio.cli.evaluate import evaluate
from gan_audio.cli.export import export
from gan_audio.cli.look import look
from gan_audio.cli.mix import mix
from gan_audio.errors import AudioWarning
from gan_audio.recipes import RECIPES
from gan_core.cli import Afterwards, Modality, make_app, run

MODALITY = Modality(
    program="gan-audio",
    summary="Speech enhancement with SEGAN: train, enhance recordings, and compare with classical methods.",
    version=gan_audio.__version__,
    recipes=RECIPES,
    # nothing to sample: a generator needs noisy sound, which `enhance` takes
    verbs={"sample": None, "enhance": enhance, "evaluate": evaluate, "look": look, "mix": mix, "control": control,
           "export": export, "check": check, "demo": demo},
    afterwards={"control": Afterwards("Then train the same generator without the adversary, and report the difference "
                                      "(as the verb `control`).", train_control)},
    next_command="enhance NOISY.wav ENHANCED.wav --run {run}",
)


def show_warnings() -> None:
    """Print what deserves a word as one line each, without the place in the source."""
    plain = warnings.showwarning

    def show(message, category, filename, lineno, file=None, line=None):
        if issubclass(category, AudioWarning):
            print(f"warning: {message}", file=sys.stderr)
        else:
            plain(message, category, filename, lineno, file, line)

    warnings.showwarning = show
    warnings.simplefilter("always", AudioWarning)


def main() -> None:
    """The console script."""
    show_warnings()
    run(make_app(MODALITY))
