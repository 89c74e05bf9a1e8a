"""`gan-audio export`: a run's generator as one file that `enhance` takes."""

from __future__ import annotations

from pathlib import Path

from gan_audio.cli.models import generator_of
from gan_audio.cli.options import Flag
from gan_audio.errors import AudioConfigError
from gan_core.progress import stdout


def export(run: Path, target: Path, /, *, step: int | None = None, best: Flag = False) -> None:
    """Write the generator of a run to one .keras file, with its sample rate, window and pre-emphasis.

    Args:
        run: The run folder that `train` printed.
        target: File to write.
        step: Another checkpoint than the newest.
        best: The generator that scored best in validation.
    """
    from gan_audio.models.saved import save_generator

    if target.exists():
        raise AudioConfigError(f"{target} exists already. Choose another name.")
    generator, card = generator_of(run, step=step, best=best)
    save_generator(target, generator, card)
    stdout().print(f"{card.recipe}, step {card.step:,}, {card.sample_rate} Hz -> {target}", markup=False)
