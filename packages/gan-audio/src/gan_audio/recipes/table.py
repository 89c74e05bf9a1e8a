"""What the command line, and whoever reads a run, must know of this package's recipes. Imports no TensorFlow."""

from __future__ import annotations

import gan_audio
from gan_audio.recipes import RECIPES
from gan_core.cli import Modality

MODALITY = Modality(
    program="gan-audio",
    summary="Speech enhancement with SEGAN: train, enhance recordings, and compare with classical methods.",
    version=gan_audio.__version__,
    recipes=RECIPES,
    next_command="enhance NOISY.wav ENHANCED.wav --run {run}",
)
