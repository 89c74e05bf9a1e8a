"""Generators that emit a whole sequence of distributions from one noise vector.

"residual": Gulrajani et al., "Improved Training of Wasserstein GANs" (2017, arXiv:1704.00028), language model of the
published code. Differences: convolutions are one-dimensional and channels-last (equivalent), padding is an id of
its own. "lstm", "gru", "lstm-p": a recurrent layer; the last feeds its distribution back (Rajeswar et al., "Adversarial
Generation of Natural Language", 2017, arXiv:1705.10929), its states start at zero.
"""

from __future__ import annotations

import keras
from keras import layers

from gan_core.errors import choose
from gan_core.layers import LabelEncoding
from gan_text.layers import (
    Completion,
    FeedbackLSTMCell,
    PreviousGiven,
    ResidualBlock1D,
    StraightThroughGumbel,
)
from gan_text.models.checks import check_sizes
from gan_text.models.initializers import initializer

OUTPUTS = {"softmax": "the distribution itself", "gumbel": "straight-through one-hot samples in training"}


def _residual(noise, given, length, vocabulary_size, filters, kernel_size, blocks, start):
    hidden = layers.Dense(length * filters, kernel_initializer=initializer(start, "dense"), name="project")(noise)
    hidden = layers.Reshape((length, filters), name="sequence")(hidden)
    for number in range(blocks):
        hidden = ResidualBlock1D(filters, kernel_size, kernel_initializer=initializer(start, "conv"),
                                 name=f"block_{number + 1}")(hidden)
    return layers.Conv1D(vocabulary_size, 1, kernel_initializer=initializer(start, "conv"), name="vocabulary")(hidden)


def _recurrent(layer):
    def build(noise, given, length, vocabulary_size, filters, kernel_size, blocks, start):
        hidden = layers.RepeatVector(length, name="repeat")(noise)
        hidden = layer(filters, return_sequences=True, name="recurrent")(hidden)
        return layers.Dense(vocabulary_size, name="vocabulary")(hidden)
    return build


def _feedback(noise, given, length, vocabulary_size, filters, kernel_size, blocks, start):
    hidden = layers.RepeatVector(length, name="repeat")(noise)
    if given is not None:
        hidden = layers.Concatenate(name="helped")([hidden, PreviousGiven(vocabulary_size, name="previous")(given)])
    cell = FeedbackLSTMCell(filters, vocabulary_size, helped=given is not None, name="cell")
    return layers.RNN(cell, return_sequences=True, name="recurrent")(hidden)


GENERATORS = {"residual": _residual, "lstm": _recurrent(layers.LSTM), "gru": _recurrent(layers.GRU),
              "lstm-p": _feedback}


def build_generator(vocabulary_size: int, length: int, *, kind: str = "residual", filters: int = 512,
                    kernel_size: int = 5, blocks: int = 5, latent: int = 128, output: str = "softmax",
                    classes: int | None = None, embedding: int | None = None, partial: bool = False,
                    initialization: str = "original", name: str = "generator") -> keras.Model:
    """The generator: latent (batch, latent) -> distributions (batch, length, vocabulary).

    Args:
        vocabulary_size: int >= 2, ids, special ones included.
        length: int >= 2, tokens of a sequence.
        kind: "residual", "lstm", "gru" or "lstm-p".
        filters: int, channels of the residual stack or units of the recurrent layer.
        kernel_size: int, tokens that one convolution sees ("residual" only).
        blocks: int, residual blocks ("residual" only).
        latent: int, dimension of the noise.
        output: "softmax", or "gumbel" for straight-through Gumbel softmax.
        classes: int >= 2 for a conditional generator: adds the int input `label` (batch,).
        embedding: int, dimension of a learnt label embedding; None for one-hot labels.
        partial: bool; adds the int input `given` (batch, length): see `Completion`. "lstm-p" reads the given tokens
            in place of its own output.
        initialization: "original" or "book" ("residual" only).
        name: str.

    Returns:
        A functional model with the input `latent` (and `label`, `given`); its output is float32 (batch, length,
        vocabulary), every position that is not hidden sums to 1.

    Raises:
        ConfigError: an unknown name, a size out of range, or "gumbel" with "lstm-p", whose output feeds itself.

    Example:
        >>> build_generator(9, 7, filters=64, blocks=2, latent=64).count_params()
        111881
    """
    check_sizes(vocabulary_size=vocabulary_size, length=length, filters=filters, kernel_size=kernel_size,
                blocks=blocks, latent=latent, classes=classes, embedding=embedding)
    body = choose("generator", kind, GENERATORS)
    choose("output", output, OUTPUTS)
    if output == "gumbel" and kind == "lstm-p":
        choose("output of generator='lstm-p'", output, {"softmax": None})
    latents = noise = keras.Input((latent,), name="latent")
    inputs = {"latent": latents}
    if classes is not None:
        inputs["label"] = keras.Input((), dtype="int32", name="label")
        code = LabelEncoding(classes, embedding, name="label_code")(inputs["label"])
        noise = layers.Concatenate(name="condition")([latents, code])
    if partial:
        inputs["given"] = keras.Input((length,), dtype="int32", name="given")
    outputs = body(noise, inputs.get("given"), length, vocabulary_size, filters, kernel_size, blocks, initialization)
    if output == "gumbel":
        outputs = StraightThroughGumbel(name="tokens")(outputs, latents)
    elif kind == "lstm-p":
        outputs = layers.Activation("linear", dtype="float32", name="tokens")(outputs)
    else:
        outputs = layers.Softmax(dtype="float32", name="tokens")(outputs)
    if partial:
        outputs = Completion(dtype="float32", name="completion")(inputs["given"], outputs)
    return keras.Model(inputs if len(inputs) > 1 else latents, outputs, name=name)
