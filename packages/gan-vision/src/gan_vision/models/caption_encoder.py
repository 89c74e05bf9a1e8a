"""An encoder of captions and one of pictures, whose vectors meet where a caption belongs to a picture.

The words are looked up by hashed runs of letters (Bojanowski et al. 2017, arXiv:1607.04606), convolutions over the
sequence see their order, and both encoders learn by matching the pictures and captions of one's own data (Radford et
al. 2021, arXiv:2103.00020), small enough for minutes on a CPU.
"""

from __future__ import annotations

import keras
from keras import layers, ops

SIZE = 128  # length of the vectors
LETTERS = 64  # of what a run of letters is looked up as


@keras.saving.register_keras_serializable("gan_vision")
class CaptionEncoder(keras.Model):
    """Vectors of captions, of mean square 1.

    Args:
        words: int, as in `WordCodes`.
        runs: int, likewise.
        buckets: int, likewise.
        size: int, length of a vector.
        width: int, channels of the convolutions.

    Call arguments:
        codes: int32 (batch, words, runs) of `WordCodes`.

    Returns:
        float32 (batch, size).
    """

    def __init__(self, words: int = 24, runs: int = 16, buckets: int = 1 << 14, *, size: int = SIZE, width: int = 128,
                 name: str = "caption_encoder", **options):
        super().__init__(name=name, dtype="float32", **options)
        self.words, self.runs, self.buckets, self.size, self.width = words, runs, buckets, size, width
        self.letters = layers.Embedding(buckets + 1, LETTERS, dtype="float32", name="letters")
        self.first = layers.Dense(width, dtype="float32", name="first")
        self.position = layers.Embedding(words, width, dtype="float32", name="position")
        self.convolutions = [layers.Conv1D(width, 3, padding="same", dilation_rate=rate, dtype="float32",
                                           name=f"convolution_{rate}") for rate in (1, 2)]
        self.last = layers.Dense(size, dtype="float32", name="last")
        self(ops.zeros((1, words, runs), "int32"))  # its variables exist from here on: checkpoints count them

    def call(self, codes):  # noqa: D102
        present = ops.cast(codes > 0, "float32")[..., None]
        # The mean over what a word consists of: long words count no more than short ones.
        x = ops.sum(self.letters(codes) * present, axis=-2) / ops.maximum(ops.sum(present, axis=-2), 1.0)
        is_word = ops.max(present, axis=-2)  # (batch, words, 1)
        x = (self.first(x) + self.position(ops.arange(self.words))) * is_word
        for convolution in self.convolutions:
            x = (x + ops.leaky_relu(convolution(x), 0.2)) * is_word
        mean = ops.sum(x, axis=1) / ops.maximum(ops.sum(is_word, axis=1), 1.0)
        largest = ops.max(ops.where(is_word > 0, x, -1e9), axis=1) * ops.max(is_word, axis=1)
        return normalized(self.last(ops.concatenate([mean, largest], axis=-1)))

    def get_config(self):  # noqa: D102
        return {"words": self.words, "runs": self.runs, "buckets": self.buckets, "size": self.size,
                "width": self.width, "name": self.name}


def build_picture_encoder(size: int, channels: int = 3, *, width: int = 32, vector: int = SIZE) -> keras.Model:
    """Vectors of pictures, beside those of captions.

    Args:
        size: int, pixels of each side.
        channels: int.
        width: int, channels of the first map, doubled at each halving, four times at most.
        vector: int, length of a vector.

    Returns:
        Keras model "picture_encoder": float32 (batch, size, size, channels) in [-1, 1] -> (batch, vector), of mean
        square 1.
    """
    x = picture = keras.Input((size, size, channels), name="sample")
    filters = width
    while x.shape[1] > 4:
        x = layers.Conv2D(filters, 3, strides=2, padding="same", dtype="float32")(x)
        x = layers.LeakyReLU(negative_slope=0.2, dtype="float32")(
            layers.GroupNormalization(groups=min(8, filters), dtype="float32")(x))
        filters = min(2 * filters, 8 * width)
    x = layers.Dense(vector, dtype="float32")(layers.Flatten(dtype="float32")(x))
    return keras.Model(picture, _Normalized(dtype="float32")(x), name="picture_encoder")


def normalized(x):
    """The vectors (..., k) scaled to mean square 1."""
    return x * ops.rsqrt(ops.mean(ops.square(x), axis=-1, keepdims=True) + 1e-8)


@keras.saving.register_keras_serializable("gan_vision")
class _Normalized(keras.layers.Layer):
    def call(self, x):
        return normalized(x)
