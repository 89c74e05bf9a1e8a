"""Terms of the discriminator's loss, and constraints on its weights."""

from gan_core.regularizers.drift import Drift
from gan_core.regularizers.gradient_penalty import Dragan, GradientPenalty
from gan_core.regularizers.lazy import Lazy, lazy_adam
from gan_core.regularizers.normalization import warn_of_batch_normalization
from gan_core.regularizers.reach import penalty_reach
from gan_core.regularizers.weight_clipping import WeightClipping
from gan_core.regularizers.zero_centered import R1, R2

__all__ = [
    "R1",
    "R2",
    "Dragan",
    "Drift",
    "GradientPenalty",
    "Lazy",
    "WeightClipping",
    "lazy_adam",
    "penalty_reach",
    "warn_of_batch_normalization",
]
