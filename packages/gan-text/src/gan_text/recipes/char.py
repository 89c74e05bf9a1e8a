"""Character-level WGAN-GP on sentences of 32 characters (Gulrajani et al. 2017, language model of the original code).

gan-text train char --data folder:MY_TEXT
gan-text train char --data folder:MY_TEXT --filters 128 --steps 12000      # a few megabytes on a CPU
"""

from __future__ import annotations

from gan_text.recipes.texts import TextConfig, build, load, placeholder

__all__ = ["Config", "build", "load", "placeholder"]


class Config(TextConfig):
    """Settings of `char`; the original makes 200,000 generator iterations of ten critic updates each."""
