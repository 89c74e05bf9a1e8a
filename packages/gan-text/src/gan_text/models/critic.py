"""Critics of sequences of distributions.

"residual": Gulrajani et al. (2017), arXiv:1704.00028, language critic of the published code. Differences:
channels-last, so the flatten order differs (without consequence). "lstm": a recurrent layer, built with
`use_cudnn=False` because the cuDNN kernel has no second derivative, which a gradient penalty needs.
"""

from __future__ import annotations

import keras
from keras import layers

from gan_core.errors import choose
from gan_core.layers import LabelEncoding
from gan_text.layers import ResidualBlock1D
from gan_text.models.checks import check_sizes
from gan_text.models.initializers import initializer


def _residual(sample, filters, kernel_size, blocks, start):
    hidden = layers.Conv1D(filters, 1, kernel_initializer=initializer(start, "conv"), name="tokens")(sample)
    for number in range(blocks):
        hidden = ResidualBlock1D(filters, kernel_size, kernel_initializer=initializer(start, "conv"),
                                 name=f"block_{number + 1}")(hidden)
    return layers.Flatten(name="flatten")(hidden)


def _lstm(sample, filters, kernel_size, blocks, start):
    return layers.LSTM(filters, use_cudnn=False, name="recurrent")(sample)


CRITICS = {"residual": _residual, "lstm": _lstm}


def build_critic(vocabulary_size: int, length: int, *, kind: str = "residual", filters: int = 512,
                 kernel_size: int = 5, blocks: int = 5, classes: int | None = None, embedding: int | None = None,
                 initialization: str = "original", name: str = "critic") -> keras.Model:
    """The critic: distributions (batch, length, vocabulary) -> one logit (batch, 1).

    Args:
        vocabulary_size: int >= 2, ids.
        length: int >= 2, tokens of a sequence.
        kind: "residual" or "lstm".
        filters: int, channels of the residual stack or units of the recurrent layer.
        kernel_size: int, tokens that one convolution sees ("residual" only).
        blocks: int, residual blocks ("residual" only).
        classes: int >= 2 for a conditional critic: adds the int input `label` (batch,), repeated along time and
            concatenated to the channels.
        embedding: int, dimension of a learnt label embedding; None for one-hot labels.
        initialization: "original" or "book".
        name: str.

    Returns:
        A functional model with the input `sample` (and `label`); its last layer is linear and float32.

    Raises:
        ConfigError: an unknown name or a size out of range.

    Example:
        >>> build_critic(9, 7, filters=64, blocks=2).count_params()
        83265
    """
    check_sizes(vocabulary_size=vocabulary_size, length=length, filters=filters, kernel_size=kernel_size,
                blocks=blocks, classes=classes, embedding=embedding)
    body = choose("critic", kind, CRITICS)
    sample = tokens = keras.Input((length, vocabulary_size), name="sample")
    inputs = {"sample": sample}
    if classes is not None:
        inputs["label"] = keras.Input((), dtype="int32", name="label")
        code = LabelEncoding(classes, embedding, name="label_code")(inputs["label"])
        tokens = layers.Concatenate(name="condition")([sample, layers.RepeatVector(length, name="label_in_time")(code)])
    hidden = body(tokens, filters, kernel_size, blocks, initialization)
    logits = layers.Dense(1, dtype="float32", kernel_initializer=initializer(initialization, "dense"),
                          name="logit")(hidden)
    return keras.Model(sample if classes is None else inputs, logits, name=name)
