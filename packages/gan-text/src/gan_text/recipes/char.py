"""Character-level WGAN-GP on sentences of 32 characters (Gulrajani et al. 2017).

gan-text train char --data folder:MY_TEXT
gan-text train char --data folder:MY_TEXT --preset small      # a few megabytes on a CPU

The language model of the paper's code, https://arxiv.org/abs/1704.00028

The preset, measured with seed 0 on 6.8 MB of English, 21 minutes of processor time: JS-1..4 of 4,691 sentences 0.05,
0.18, 0.40, 0.64 (real against real 0.0003, 0.006, 0.03, 0.09).
"""

from __future__ import annotations

from gan_text.recipes.texts import TextConfig, text_recipe

# a few megabytes of text on a CPU
PRESETS = {"small": {"filters": 128, "n_critic": 5, "learning_rate": 3e-4, "held_out": 0.05, "steps": 4500}}


class Config(TextConfig):
    """Settings of `char`; the original makes 200,000 generator iterations of ten critic updates each."""


RECIPE = text_recipe("char", __doc__, Config, presets=PRESETS)
