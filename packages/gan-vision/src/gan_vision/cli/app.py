"""`gan-vision`: the shared verbs on the recipes of this package, and those of images. Imports no TensorFlow."""

from __future__ import annotations

import logging
import sys

import gan_vision
from gan_core.cli import Afterwards, Modality, make_app, run
from gan_vision.cli.arithmetic import arithmetic
from gan_vision.cli.augment_preview import augment_preview
from gan_vision.cli.check import check
from gan_vision.cli.control import control
from gan_vision.cli.demo import demo
from gan_vision.cli.evaluate import evaluate
from gan_vision.cli.evaluate_translation import compare_with_control
from gan_vision.cli.forensics import forensics
from gan_vision.cli.grid import grid
from gan_vision.cli.interpolate import interpolate
from gan_vision.cli.invert import invert
from gan_vision.cli.make_pairs import make_pairs
from gan_vision.cli.make_text_hdf5 import make_text_hdf5
from gan_vision.cli.nearest import nearest
from gan_vision.cli.sample import sample
from gan_vision.cli.scores import scores
from gan_vision.cli.style_transfer import style_transfer
from gan_vision.cli.styles import styles
from gan_vision.cli.translate import translate
from gan_vision.cli.vary import vary
from gan_vision.recipes import RECIPES
from gan_vision.translation.translation_run import TranslationRun

MODALITY = Modality(
    program="gan-vision",
    summary="Image GANs on Keras 3: DCGAN, conditional, Wasserstein, relativistic, growing, text-to-image and "
            "image-to-image, trained from one command.",
    version=gan_vision.__version__,
    recipes=RECIPES,
    verbs={"check": check, "demo": demo, "sample": sample, "translate": translate, "evaluate": evaluate,
           "forensics": forensics, "interpolate": interpolate, "grid": grid, "arithmetic": arithmetic, "vary": vary,
           "nearest": nearest, "scores": scores, "invert": invert, "style-transfer": style_transfer,
           "make-pairs": make_pairs, "make-text-hdf5": make_text_hdf5, "augment-preview": augment_preview,
           "styles": styles, "control": control},
    afterwards={"control": Afterwards("Then train the same generator without the adversary in RUN/control, and report "
                                      "the difference with an interval.", compare_with_control, TranslationRun)},
)


def log_plainly(*, quiet: bool) -> None:
    """Warnings become plain lines of stderr; what TensorFlow imports would put level and logger before them."""
    handler = logging.StreamHandler()
    for name in ("gan_core", "gan_vision"):
        logger = logging.getLogger(name)
        logger.addHandler(handler)
        logger.propagate = False
        logger.setLevel(logging.ERROR if quiet else logging.WARNING)


def main() -> None:
    """The console script."""
    log_plainly(quiet="--quiet" in sys.argv)
    run(make_app(MODALITY))
