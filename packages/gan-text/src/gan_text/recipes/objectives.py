"""The games of the text recipes by name: an adversarial loss with the penalty that its source adds."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import gan_core as core
from gan_core.errors import choose


class Game(NamedTuple):
    """A loss and its regulariser.

    Args:
        loss: a name of `gan_core.LOSSES`.
        penalty: weight -> regulariser.
        weight: the default weight; 0 for none.
    """

    loss: str
    penalty: Callable
    weight: float


GAMES: dict[str, Game] = {
    "wgan-gp": Game("wasserstein", lambda weight: core.GradientPenalty(weight), 10.0),
    "wgan-gp-lp": Game("wasserstein", lambda weight: core.GradientPenalty(weight, one_sided=True), 10.0),
    "hinge+gp": Game("hinge", lambda weight: core.GradientPenalty(weight), 10.0),
    "nonsaturating+r1": Game("non_saturating", lambda weight: core.R1(weight), 10.0),
    "rsgan": Game("rsgan", lambda weight: core.GradientPenalty(weight), 0.0),
    "ragan": Game("rasgan", lambda weight: core.GradientPenalty(weight), 0.0),
    "ralsgan": Game("ralsgan", lambda weight: core.GradientPenalty(weight), 0.0),
}


def objective(name: str, penalty: float | None = None) -> core.Objective:
    """The objective of that name.

    Args:
        name: a key of `GAMES`.
        penalty: weight of the regulariser; None for the source's, 0 for none.

    Raises:
        ConfigError: an unknown name; the message lists the known ones.
    """
    game = choose("loss", name, GAMES)
    weight = game.weight if penalty is None else penalty
    return core.Objective(core.loss_by_name(game.loss), regularizers=(game.penalty(weight),) if weight else ())
