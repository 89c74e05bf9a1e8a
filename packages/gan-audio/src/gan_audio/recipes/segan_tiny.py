"""SEGAN of 135 thousand weights, the layers of segan-compact, for minutes on a CPU (after Pascual et al. 2017).

gan-audio train segan-tiny --data folder:MIXED --steps 3000

For trying things out. There is no pre-emphasis by default: undoing it amplifies what lies below 150 Hz more than
tenfold, and a small network that trained for minutes is not exact enough there. `--preset wide` has more channels.
"""

from __future__ import annotations

from typing import ClassVar

import pydantic

from gan_audio.recipes.enhancement import EnhancementConfig, enhancement_recipe

PRESETS = {
    # what `gan-audio demo` trains
    "demo": {"data": "synthetic", "steps": 300, "batch_size": 8, "log_every": 20, "checkpoint_every": 300,
             "validation_limit": 6},
    # what the package's README measures on voices and noises that training did not have
    "wide": {"filters": (16, 32, 64, 128, 256), "steps": 2000, "checkpoint_every": 500},
}


class Config(EnhancementConfig):
    """Settings of `segan-tiny`."""

    SIZE: ClassVar[str] = "segan-tiny"

    batch_size: int = pydantic.Field(8, ge=1)
    steps: int = pydantic.Field(3000, ge=1)
    preemphasis: float = pydantic.Field(0.0, ge=0, lt=1)
    """Coefficient of y[n] = x[n] - c·x[n-1], undone after enhancement."""
    learning_rate: float = pydantic.Field(1e-3, gt=0)
    """Of the generator's RMSprop."""
    discriminator_rate: float | None = pydantic.Field(1e-4, gt=0)
    """Of the discriminator's."""


RECIPE = enhancement_recipe("segan-tiny", __doc__, Config, presets=PRESETS)
