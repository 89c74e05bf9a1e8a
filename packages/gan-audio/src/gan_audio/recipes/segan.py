"""SEGAN as published: 11 layers of stride 2, virtual batch norm, for a GPU (Pascual, Bonafonte and Serrà 2017).

gan-audio train segan --data voicebank:VOICEBANK_DEMAND

73 M + 24 M weights: for a GPU. The authors trained 86 epochs with an effective batch of 400 (here: 10,750 steps of 400
windows at about 50,000 windows per epoch); lower `--batch-size` to what the memory holds. Paper: https://arxiv.org/abs/1703.09452
"""

from __future__ import annotations

from typing import ClassVar

import pydantic

from gan_audio.recipes.enhancement import EnhancementConfig, enhancement_recipe


class Config(EnhancementConfig):
    """Settings of `segan`, with the paper's numbers."""

    SIZE: ClassVar[str] = "segan"

    batch_size: int = pydantic.Field(400, ge=1)
    steps: int = pydantic.Field(10_750, ge=1)
    learning_rate: float = pydantic.Field(2e-4, gt=0)
    """Of the generator's RMSprop."""


RECIPE = enhancement_recipe("segan", __doc__, Config)
