"""WGAN-GP on strings of the grammar `arith`, such as x*(y+x): small, fast, measured exactly (Gulrajani et al. 2017).

gan-text train arith --steps 1250
gan-text train arith

Measured with seed 0 on two cores, of 2,000 strings: 62 % accepted after 250 generator updates (15 s), 81 % after 1,000,
89 % after 3,000 (4 minutes), with a unique share of 0.64, that of real strings. The task is after Rajeswar et al. 2017.
Papers: https://arxiv.org/abs/1704.00028, https://arxiv.org/abs/1705.10929
"""

from __future__ import annotations

import pydantic

from gan_text.recipes.texts import TextConfig, text_recipe


class Config(TextConfig):
    """Settings of `arith`: small networks and strings of up to 7 symbols."""

    data: str = "grammar:arith"
    """grammar:NAME (arith, toy-english, or a grammar file)."""
    steps: int = pydantic.Field(15_000, ge=1)
    """Critic updates in total; the generator makes steps / n_critic."""
    sample_every: int = pydantic.Field(500, ge=1)
    """Steps between two sheets of sentences and scores."""
    length: int = pydantic.Field(7, ge=2)
    """Tokens of a row, and the longest string."""
    filters: int = pydantic.Field(64, ge=1)
    blocks: int = pydantic.Field(2, ge=1)
    latent: int = pydantic.Field(64, ge=1)
    n_critic: int = pydantic.Field(5, ge=1)
    learning_rate: float = pydantic.Field(5e-4, gt=0)
    score_samples: int = pydantic.Field(2000, ge=2)
    """Sentences that enter the scores of a tick."""


RECIPE = text_recipe("arith", __doc__, Config)
