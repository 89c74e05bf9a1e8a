"""Adversarial losses: pure functions of raw logits."""

from gan_core.losses.base import AdversarialLoss
from gan_core.losses.cross_entropy import Minimax, NonSaturating
from gan_core.losses.hinge import Hinge
from gan_core.losses.least_squares import LeastSquares
from gan_core.losses.relativistic import (
    Relativistic,
    RelativisticAverage,
    RelativisticHinge,
    RelativisticLeastSquares,
)
from gan_core.losses.table import LOSSES, loss_by_name
from gan_core.losses.targets import Targets
from gan_core.losses.wasserstein import Wasserstein

__all__ = [
    "LOSSES",
    "AdversarialLoss",
    "Hinge",
    "LeastSquares",
    "Minimax",
    "NonSaturating",
    "Relativistic",
    "RelativisticAverage",
    "RelativisticHinge",
    "RelativisticLeastSquares",
    "Targets",
    "Wasserstein",
    "loss_by_name",
]
