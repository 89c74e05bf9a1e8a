"""The command line that the modality packages share."""

from gan_core.cli.app import make_app
from gan_core.cli.main import run
from gan_core.cli.modality import Modality

__all__ = ["Modality", "make_app", "run"]
