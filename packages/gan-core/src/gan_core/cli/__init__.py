"""The command line that the modality packages share: the program (`app`), its verbs, and how it ends (`main`)."""

from gan_core.cli.app import make_app
from gan_core.cli.main import run
from gan_core.cli.modality import Afterwards, Modality

__all__ = ["Afterwards", "Modality", "make_app", "run"]
