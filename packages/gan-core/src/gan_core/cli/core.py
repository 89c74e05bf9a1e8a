"""`gan-core`: scores, forensics and diagnosis of what any generator made. Imports no TensorFlow."""

from __future__ import annotations

from cyclopts import App, Parameter

import gan_core
from gan_core.cli.main import run

VERBS = {
    "metrics": ("gan_core.cli.metrics:metrics", "Score generated images against real ones."),
    "forensics": ("gan_core.cli.forensics:forensics", "Compare the pixels of two sets, and write a report."),
    "doctor": ("gan_core.run.doctor:diagnose", "Say what went wrong in a run, and what helps."),
    "compare": ("gan_core.cli.metrics:compare", "Compare two files of scores."),
}


def make_core_app() -> App:
    """The program; a verb's module is imported when it is asked for."""
    app = App(name="gan-core", help="Tools on images and runs of any GAN. Nothing is downloaded.",
              version=gan_core.__version__, version_flags=["--version"], help_format="plaintext",
              default_parameter=Parameter(negative=""))
    for name, (place, summary) in VERBS.items():
        app.command(place, name=name, help=summary)
    return app


def main() -> None:
    """The console script."""
    run(make_core_app())
