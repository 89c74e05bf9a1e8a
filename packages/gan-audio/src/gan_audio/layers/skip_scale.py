"""Skip connections of SEGAN+: every channel multiplied by a number, or passed through a short convolution."""

from __future__ import annotations

import keras

from gan_audio.errors import AudioConfigError

SKIP_MODES = ("none", "alpha", "constant", "conv")


@keras.saving.register_keras_serializable("gan_audio")
class SkipScale(keras.layers.Layer):
    """x·α with one α per channel, 1 at the start.

    Args:
        learned: bool; False keeps α fixed.

    Input and output: float (batch, time, channels).
    """

    def __init__(self, learned: bool = True, **options):
        super().__init__(**options)
        self.learned = learned

    def build(self, input_shape):  # noqa: D102
        self.scale = self.add_weight(name="scale", shape=(input_shape[-1],), initializer="ones", trainable=self.learned)

    def call(self, inputs):  # noqa: D102
        return inputs * keras.ops.cast(self.scale, inputs.dtype)

    def compute_output_shape(self, input_shape):  # noqa: D102
        return input_shape

    def get_config(self):  # noqa: D102
        return {**super().get_config(), "learned": self.learned}


def apply_skip(inputs, mode: str, name: str):
    """One skip connection.

    Args:
        inputs: (batch, time, channels).
        mode: "none" passes it on, "alpha" scales it by learned numbers, "constant" by fixed ones, "conv" filters it
            (kernel 11, as an option of SEGAN+).
        name: str, of the layer.

    Raises:
        AudioConfigError: `mode` is unknown.
    """
    if mode not in SKIP_MODES:
        raise AudioConfigError(f"`skip` must be one of {', '.join(SKIP_MODES)}. Received: skip={mode!r}.")
    if mode == "none":
        return inputs
    if mode == "conv":
        return keras.layers.Conv1D(inputs.shape[-1], 11, padding="same", name=name)(inputs)
    return SkipScale(learned=mode == "alpha", name=name)(inputs)
