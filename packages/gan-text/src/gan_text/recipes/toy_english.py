"""WGAN-GP on sentences of the probabilistic grammar `toy-english`, 19 words (Gulrajani et al. 2017).

gan-text train toy-english      # sentences of up to 12 words

Measured with seed 0 on two cores, of 2,000 sentences: 12 % accepted after 200 generator updates, 54 % after 800, 47 %
after 1,000 (100 s); unique 0.74 (sentences of the grammar: 0.69), JS-4 0.39 (floor 0.13).
"""

from __future__ import annotations

from typing import Literal

import pydantic

from gan_text.recipes import arith
from gan_text.recipes.texts import text_recipe


class Config(arith.Config):
    """Settings of `toy-english`."""

    data: str = "grammar:toy-english"
    level: Literal["character", "word"] = "word"
    length: int = pydantic.Field(12, ge=2)
    """Tokens of a row, and the longest sentence."""


RECIPE = text_recipe("toy-english", __doc__, Config)
