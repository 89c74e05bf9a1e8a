"""Word-level WGAN-GP on sentences of 8 words (Valle 2019, after Gulrajani et al. 2017).

gan-text train word-short --data folder:MY_TEXT --preset small      # a few megabytes on a CPU

8 words is the length of the samples that are printed in Rafael Valle, "Hands-On Generative Adversarial Networks with
Keras" (Packt 2019), chapter 8.

The preset, measured with seed 0 on 6.8 MB of English, 12 minutes on two cores: JS-1..4 of 4,592 sentences 0.29, 0.67,
0.87, 0.96 (real against real 0.01, 0.25, 0.61, 0.85).
"""

from __future__ import annotations

import pydantic

from gan_text.recipes import word
from gan_text.recipes.texts import text_recipe

# a few megabytes of text on a CPU
PRESETS = {"small": {"max_size": 1024, "filters": 128, "initialization": "original", "n_critic": 3,
                     "learning_rate": 5e-4, "held_out": 0.05, "steps": 6000}}


class Config(word.Config):
    """Settings of `word-short`."""

    length: int = pydantic.Field(8, ge=2)
    """Tokens of a row."""


RECIPE = text_recipe("word-short", __doc__, Config, presets=PRESETS)
