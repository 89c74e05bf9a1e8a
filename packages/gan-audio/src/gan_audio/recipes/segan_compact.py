"""SEGAN of the authors' second release: 5 layers of stride 4, for a GPU (Pascual et al. 2017; Valle 2019).

gan-audio train segan-compact --data voicebank:VOICEBANK_DEMAND

65 M + 26 M weights: for a GPU. The network is that of Rafael Valle, "Hands-On Generative Adversarial Networks with
Keras" (Packt 2019), chapter 10, whose batch is 256 for 1,000,000 iterations; the authors' script has a batch of 300 for
100 epochs and `--phase-shift 5`. Paper: https://arxiv.org/abs/1703.09452
"""

from __future__ import annotations

from typing import ClassVar

import pydantic

from gan_audio.recipes.enhancement import EnhancementConfig, enhancement_recipe


class Config(EnhancementConfig):
    """Settings of `segan-compact`, with Valle's numbers."""

    SIZE: ClassVar[str] = "segan-compact"

    batch_size: int = pydantic.Field(256, ge=1)
    steps: int = pydantic.Field(1_000_000, ge=1)
    learning_rate: float = pydantic.Field(5e-5, gt=0)
    """Of the generator's RMSprop."""


RECIPE = enhancement_recipe("segan-compact", __doc__, Config)
