"""Word-level WGAN-GP on sentences of 32 words (Valle 2019, after Gulrajani et al. 2017).

gan-text train word --data lm1b:1-billion-word-language-modeling-benchmark-r13output
gan-text train word --data folder:MY_TEXT --filters 192 --max-size 1024

As in Rafael Valle, "Hands-On Generative Adversarial Networks with Keras" (Packt 2019), chapter 8.
Differences from the book: padding and unknown words have ids of their own, every residual block adds its own input,
noise is normal in training and sampling alike.
"""

from __future__ import annotations

from typing import Literal

import pydantic

from gan_text.recipes.texts import TextConfig, text_recipe


class Config(TextConfig):
    """Settings of `word`; Valle makes a million generator iterations of ten critic updates each."""

    steps: int = pydantic.Field(10_000_000, ge=1)
    """Critic updates in total; the generator makes steps / n_critic."""
    level: Literal["character", "word"] = "word"
    kernel_size: int = pydantic.Field(3, ge=1)
    initialization: Literal["original", "book"] = "book"


RECIPE = text_recipe("word", __doc__, Config)
