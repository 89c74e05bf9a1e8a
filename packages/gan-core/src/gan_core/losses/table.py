"""The adversarial losses by the names that configurations use."""

from __future__ import annotations

from collections.abc import Callable

from gan_core.errors import choose
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
from gan_core.losses.wasserstein import Wasserstein

LOSSES: dict[str, Callable[[], AdversarialLoss]] = {
    "minimax": Minimax,
    "non_saturating": NonSaturating,
    "least_squares": LeastSquares,
    "least_squares_pearson": lambda: LeastSquares(-1, 1, c=0),
    "wasserstein": Wasserstein,
    "hinge": Hinge,
    "rsgan": Relativistic,
    "rasgan": RelativisticAverage,
    "ralsgan": RelativisticLeastSquares,
    "rahinge": RelativisticHinge,
}


def loss_by_name(name: str) -> AdversarialLoss:
    """The loss of that name, with its source's constants.

    Args:
        name: a key of `LOSSES`.

    Raises:
        ConfigError: an unknown name; the message lists the known ones.

    Example:
        >>> loss_by_name("hinge")
        Hinge()
    """
    return choose("loss", name, LOSSES)()
