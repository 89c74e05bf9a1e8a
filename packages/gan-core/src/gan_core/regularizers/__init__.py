"""Terms of the discriminator's loss."""

from gan_core.regularizers.drift import Drift
from gan_core.regularizers.gradient_penalty import Dragan, GradientPenalty
from gan_core.regularizers.lazy_regularization import Lazy, lazy_adam
from gan_core.regularizers.zero_centered import R1, R2

__all__ = [
    "R1",
    "R2",
    "Dragan",
    "Drift",
    "GradientPenalty",
    "Lazy",
    "lazy_adam",
]
