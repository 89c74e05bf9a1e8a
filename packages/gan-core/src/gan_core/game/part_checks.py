"""Which parts of a game do not go together."""

from __future__ import annotations

import inspect
import numbers
from collections.abc import Callable

from gan_core.augment import Augmentation
from gan_core.errors import ConfigError
from gan_core.game.batch import input_names
from gan_core.game.latent import Latent
from gan_core.game.objective import Objective
from gan_core.game.per_sample import PerSample

UPDATES = ("alternating", "shared", "simultaneous")


def check_parts(gan) -> None:
    """Refuse a `GAN` whose parts cannot play together, before anything is traced.

    Raises:
        ConfigError: with the reason and the option that mends it.
    """
    if gan.update not in UPDATES:
        raise ConfigError(f"`update` must be one of {UPDATES}. Received: update={gan.update!r}.")
    if not gan.discriminators:
        raise ConfigError("`discriminators` must not be empty. Received: discriminators=[].")
    if not isinstance(gan.objective, Objective):
        raise ConfigError("`objective` must be an Objective such as Objective(NonSaturating()). "
                          f"Received: objective={gan.objective!r}.")
    if not isinstance(gan.sampling, PerSample):
        raise ConfigError("`sampling` must be how samples are made, such as PerSample(dropout=True). "
                          f"Received: sampling={gan.sampling!r}.")
    if not _accepts_batch_and_stream(gan.prepare):
        raise ConfigError("`prepare` must take (batch, stream): the batch and the random numbers of the step. "
                          f"Received: prepare={gan.prepare!r}. Write `lambda batch, stream: ...`.")
    if not isinstance(gan.latent, Latent):
        raise ConfigError("`latent` must be a prior such as Normal(100), or NoLatent(). "
                          f"Received: latent={gan.latent!r}.")
    if gan.augment is not None and not isinstance(gan.augment, Augmentation):
        raise ConfigError("`augment` must be an augmentation such as AdaptiveAugment(). "
                          f"Received: augment={gan.augment!r}.")
    if not callable(gan.n_critic) and (not isinstance(gan.n_critic, numbers.Integral) or gan.n_critic < 1):
        raise ConfigError("`n_critic` must be an int of at least 1, or a function of the generator's step. "
                          f"Received: n_critic={gan.n_critic!r}.")
    if not isinstance(gan.g_steps, int) or gan.g_steps < 1:
        raise ConfigError(f"`g_steps` must be an int of at least 1. Received: g_steps={gan.g_steps!r}.")
    if gan.g_steps > 1 and (gan.n_critic != 1 or gan.update != "alternating"):
        raise ConfigError("`g_steps` above 1 needs `n_critic=1` and update='alternating': one player leads, or none. "
                          f"Received: g_steps={gan.g_steps}, n_critic={gan.n_critic}, update={gan.update!r}.")
    if gan.update != "alternating" and gan.n_critic != 1:
        raise ConfigError(f"`update={gan.update!r}` lets both players learn from one generated batch and so needs "
                          f"`n_critic=1`. Received: n_critic={gan.n_critic}. Use update='alternating'.")
    if gan.augment is not None and gan.augment.needs_boundary and gan.objective.adversarial.boundary is None:
        raise ConfigError(
            f"`augment={type(gan.augment).__name__}` steers by how often real samples are recognised, which a "
            f"critic without a decision boundary cannot tell. Received: {gan.objective.adversarial.name}. "
            "Use FixedAugment or DiffAugment, or another loss.")
    for regularizer in gan.objective.regularizers:
        regularizer.check(gan.discriminators)
    for network in (gan.generator, *gan.discriminators):
        if not network.built:
            raise ConfigError(f"network {network.name!r} has no weights yet. Call it once on example data first.")
        if network.weights and not network.trainable_variables:
            raise ConfigError(f"network {network.name!r} has nothing to learn: all its weights are frozen. Each player "
                              "has variables of its own here: leave `trainable` as it is.")
        input_names(network)


def _accepts_batch_and_stream(prepare: Callable) -> bool:
    try:
        inspect.signature(prepare).bind({}, None)
    except TypeError:
        return False
    return True
