"""What turns a batch of stored examples into what networks read, on the device."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from gan_core.errors import ConfigError
from gan_vision.data.fields.kind import Kind
from gan_vision.data.fields.photo import Photo


@dataclasses.dataclass(frozen=True, eq=False)
class Preparation:
    """The `prepare` of a GAN: bytes to floats in the generator's range, label maps to one-hot, ids to edges.

    Args:
        fields: name -> kind; other parts of a batch are left as they are.
        value_range: (low, high) of the generator's pictures: what 0 and 255 become.
        dequantized: names of photos whose 256 levels are spread over the range with noise, anew at every step.
        joined: name -> the prepared fields that are put side by side as channels, and stand for themselves no more.

    Raises:
        ConfigError: the range is empty, or there is no such photo.

    Example:
        >>> gan = GAN(generator, discriminator, objective, latent, prepare=examples.prepare((-1, 1)))
    """

    fields: Mapping[str, Kind]
    value_range: tuple[float, float] = (-1, 1)
    dequantized: tuple[str, ...] = ()
    joined: Mapping[str, tuple[str, ...]] = dataclasses.field(default_factory=dict)

    def __post_init__(self):
        low, high = self.value_range
        if not low < high:
            raise ConfigError(f"`value_range` must be (low, high) with low < high. "
                              f"Received: value_range={self.value_range}.")
        for name in self.dequantized:
            if name not in self.fields:
                raise ConfigError(f"only fields can be dequantized. Received: {name!r}. "
                                  f"Known: {', '.join(sorted(self.fields))}.")
            if not isinstance(self.fields[name], Photo):
                raise ConfigError(f"only photos can be dequantized. Received: {name!r}, a "
                                  f"{type(self.fields[name]).__name__}.")

    def __call__(self, batch: Mapping, stream=None) -> dict:
        """The batch as the networks read it.

        Args:
            batch: name -> tensor (batch, ...), as a loader of these examples yields it.
            stream: the random numbers of the step, for `dequantized`.
        """
        prepared = {}
        for name, values in batch.items():
            if name in self.dequantized:
                prepared[name] = self._dequantized(values, stream)
            elif name in self.fields:
                prepared |= self.fields[name].prepared(name, values, self.value_range)
            else:
                prepared[name] = values
        return self._joined(prepared)

    def _joined(self, prepared: dict) -> dict:
        if not self.joined:
            return prepared
        import tensorflow as tf

        parts = {part for names in self.joined.values() for part in names}
        together = {name: tf.concat([prepared[part] for part in names], axis=-1)
                    for name, names in self.joined.items() if all(part in prepared for part in names)}
        return {name: values for name, values in prepared.items() if name not in parts} | together

    def _dequantized(self, values, stream):
        from gan_core.random import Stream
        from gan_vision.data.dequantization import dequantize

        if stream is None:
            raise ConfigError("noise needs the random numbers of the step. Received: stream=None. Pass "
                              "gan_core.random.Stream(seed, step).")
        # A scope of its own: the noise does not depend on what a GAN calls the stream of its preparation.
        return dequantize(values, self.value_range, Stream(stream.seed, stream.step, "dequantize"))
