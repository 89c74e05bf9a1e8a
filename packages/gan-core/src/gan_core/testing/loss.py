"""The contract of adversarial losses."""

from __future__ import annotations

import math
from collections.abc import Sequence

import tensorflow as tf

from gan_core.losses.base import AdversarialLoss
from gan_core.random import Stream
from gan_core.testing.examples import require

LOST = 1e-6  # a gradient below this moves nothing


def check_loss(loss: AdversarialLoss, *, values: Sequence[tuple[Sequence, Sequence, float, float]] = (),
               saturating: bool = False) -> None:
    """Check an adversarial loss: numbers, any shape of logits, direction of both players, no lost gradients.

    Args:
        loss: the pair of losses.
        values: (real logits, fake logits, discriminator's loss, generator's loss), compared within 1e-5.
        saturating: True for losses whose generator gets no gradient from confidently rejected samples (minimax).

    Raises:
        AssertionError: a contract is broken.

    Example:
        >>> check_loss(Wasserstein(), values=[([2, 0], [-2, 1], -1.5, 0.5)])
    """
    name = type(loss).__name__
    require(bool(loss.name), f"{name} has no `name`")
    for real, fake, discriminator, generator in values:
        for shape in ((-1,), (-1, 1), (1, -1, 1, 1)):
            real_logits, fake_logits = (tf.reshape(tf.constant(x, tf.float32), shape) for x in (real, fake))
            found = _play(loss, real_logits, fake_logits)
            for player, value, expected in zip(("discriminator", "generator"), found, (discriminator, generator),
                                               strict=True):
                require(value.shape == () and value.dtype == tf.float32,
                        f"{name}.{player} returns {value.dtype.name} {value.shape}, expected a float32 scalar")
                require(abs(float(value) - expected) <= 1e-5 * max(1.0, abs(expected)),
                        f"{name}.{player}({real}, {fake}) as {real_logits.shape} is {float(value):.6f}, "
                        f"expected {expected:.6f}")

    edge = 0.0 if loss.boundary is None else loss.boundary
    gradients = _loss_gradients(loss, edge, edge)
    require(gradients["d_real"] < 0 < gradients["d_fake"],
            f"the discriminator of {name} must push real logits up and fake ones down; found {gradients}")
    require(gradients["g_fake"] < 0, f"the generator of {name} must push fake logits up; found {gradients}")
    if loss.relativistic:
        require(gradients["g_real"] != 0, f"{name} says `relativistic`, but its generator ignores real logits")
    for real, fake in ((-60.0, 60.0), (60.0, -60.0)):
        gradients = _loss_gradients(loss, edge + real, edge + fake)
        require(all(map(math.isfinite, gradients.values())),
                f"{name} is not finite at logits {real} and {fake}: {gradients}")
        if real < fake:
            require(abs(gradients["d_real"]) > LOST, f"{name} gives a fooled discriminator no gradient: {gradients}")
        elif not saturating:
            require(abs(gradients["g_fake"]) > LOST, f"{name} gives a rejected generator no gradient: {gradients}")


def _play(loss: AdversarialLoss, real: tf.Tensor, fake: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    return (loss.discriminator(real, fake, stream=Stream(0, 0)),
            loss.generator(fake, real if loss.relativistic else None))


def _loss_gradients(loss: AdversarialLoss, real: float, fake: float) -> dict[str, float]:
    """Summed gradients of both losses with respect to two equal real and two equal fake logits."""
    logits = {"real": tf.fill([2, 1], real), "fake": tf.fill([2, 1], fake)}
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(logits)
        players = dict(zip("dg", _play(loss, logits["real"], logits["fake"]), strict=True))
    gradients = {}
    for player, value in players.items():
        for side, gradient in tape.gradient(value, logits).items():
            gradients[f"{player}_{side}"] = 0.0 if gradient is None else float(tf.reduce_sum(gradient))
    return gradients
