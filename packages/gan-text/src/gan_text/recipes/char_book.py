"""Character-level WGAN-GP with kernels of 3, which see 21 of 32 characters (Valle 2019); compare with `char`.

gan-text train char-book --data folder:MY_TEXT

Kernel and initialisation are those of Rafael Valle, "Hands-On Generative Adversarial Networks with Keras" (Packt 2019),
chapter 8. A kernel of 3 lets five blocks see 21 of the 32 characters, where the original's kernel of 5 sees all of
them.
"""

from __future__ import annotations

from typing import Literal

import pydantic

from gan_text.recipes.texts import TextConfig, text_recipe
from gan_text.recipes.texts import placeholder as blank


class Config(TextConfig):
    """Settings of `char-book`."""

    steps: int = pydantic.Field(10_000_000, ge=1)
    """Critic updates in total; the generator makes steps / n_critic."""
    kernel_size: int = pydantic.Field(3, ge=1)
    initialization: Literal["original", "book"] = "book"


def placeholder(config: Config):
    """Blank rows with the 96 ids of Valle's vocabulary."""
    return blank(config if config.max_size else config.model_copy(update={"max_size": 96}))


RECIPE = text_recipe("char-book", __doc__, Config, placeholder=placeholder)
