"""Priors of the generator's noise input. Training and sampling use the same one."""

from __future__ import annotations

import tensorflow as tf

from gan_core.errors import ConfigError
from gan_core.random import Stream


class Latent:
    """A distribution of latents of shape (count, *shape).

    Args:
        shape: int or tuple of ints, the shape of one latent; at least 1 each.

    Raises:
        ConfigError: a shape that holds no number.
    """

    def __init__(self, shape: int | tuple[int, ...]):
        sizes = tuple(shape) if isinstance(shape, tuple | list) else (shape,)
        if not sizes or not all(isinstance(size, int) and size >= 1 for size in sizes):
            raise ConfigError(f"`shape` must be a positive int or a tuple of them. Received: shape={shape!r}. "
                              "Use NoLatent() for a generator without noise.")
        self.shape = sizes

    def sample(self, count: int | tf.Tensor, stream: Stream) -> tf.Tensor:
        """float32 (count, *shape), a pure function of the stream."""
        raise NotImplementedError

    def __repr__(self):
        return f"{type(self).__name__}({self.shape[0] if len(self.shape) == 1 else self.shape})"


class Normal(Latent):
    """Independent N(0, 1): the default everywhere."""

    def sample(self, count, stream):  # noqa: D102
        return stream.normal((count, *self.shape), "latent")


class Uniform(Latent):
    """Independent U(-1, 1), as some older recipes draw it."""

    def sample(self, count, stream):  # noqa: D102
        return stream.uniform((count, *self.shape), "latent", -1.0, 1.0)


class Sphere(Latent):
    """Uniform on the unit sphere: a normal draw divided by its norm."""

    def sample(self, count, stream):  # noqa: D102
        draw = stream.normal((count, *self.shape), "latent")
        return tf.math.l2_normalize(draw, axis=list(range(1, len(self.shape) + 1)))


class NoLatent(Latent):
    """For generators whose only input is a condition (pix2pix: the noise is dropout)."""

    def __init__(self):
        self.shape = ()

    def sample(self, count, stream):
        """None: there is nothing to draw."""
        return None
