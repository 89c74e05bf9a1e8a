"""SEGAN: a convolutional encoder and decoder on the waveform, and a discriminator of (candidate, noisy) pairs.

Pascual, Bonafonte and Serrà, "SEGAN: Speech Enhancement Generative Adversarial Network", 2017, arXiv:1703.09452; and
the authors' second release SEGAN+, which is the network that Rafael Valle, "Hands-On Generative Adversarial Networks
with Keras" (Packt 2019), chapter 10, describes as the paper's. Sizes and numbers of weights:

| size            | layers x stride | generator  | discriminator (trainable) |
|-----------------|-----------------|------------|---------------------------|
| `segan`         | 11 x 2          | 73,100,049 | 24,373,081                |
| `segan-compact` | 5 x 4           | 64,770,561 | 25,825,793                |
| `segan-tiny`    | 5 x 4           | 135,029    | 210,241                   |

Differences from the sources: convolutions have biases (as the authors' published weights, unlike the first code's
default); PReLU shares its slope over time, so a generator takes any length; batch normalisation keeps 0.9 of its
running means (0.1 in Valle's book is another framework's convention); the reference batch of virtual batch
normalisation is fixed, as its paper says; 1-D convolutions instead of 2-D ones with a dummy axis.
"""

from __future__ import annotations

import keras
from keras import layers

from gan_audio.errors import AudioConfigError
from gan_audio.layers import (
    CheckLength,
    LiveExamples,
    PhaseShift,
    ReferenceBatch,
    VirtualBatchNorm,
    apply_skip,
)
from gan_audio.models.sizes import NetworkSize, network_size
from gan_core.layers import SNConv1D


def _kernels():
    return keras.initializers.TruncatedNormal(stddev=0.02)


def _convolution(filters: int, size: NetworkSize, name: str, *, strides: int = 1, kind=layers.Conv1D, draw=_kernels):
    return kind(filters, size.kernel, strides=strides, padding="same", kernel_initializer=draw(), name=name)


def _prelu(name: str):
    # One slope per channel: unshared ones would tie the network to one length. At 0 the net starts as ReLU.
    return layers.PReLU(alpha_initializer="zeros", shared_axes=[1], name=name)


def build_generator(name: str = "segan-compact", **overrides) -> keras.Model:
    """The generator of that size: noisy speech and noise z to enhanced speech.

    Inputs: "noisy" float32 (batch, time, 1), pre-emphasised, within ±1, time a multiple of S; "latent" float32
    (batch, time/S, latent_channels). Output: float32 (batch, time, 1), tanh.

    Args:
        name: "segan" | "segan-compact" | "segan-tiny".
        overrides: fields of `NetworkSize`.

    Raises:
        AudioConfigError: the size or an option is unknown, or the window no multiple of S.

    Example:
        >>> generator = build_generator("segan-tiny", upsample="nearest")
        >>> generator({"noisy": tf.zeros((1, 2048, 1)), "latent": tf.zeros((1, 2, 32))}).shape
        TensorShape([1, 2048, 1])
    """
    return generator_of(network_size(name, **overrides))


def generator_of(size: NetworkSize, *, blank: bool = False) -> keras.Model:
    """The generator of a `NetworkSize`, see `build_generator`; `blank` kernels are zeros, to be read from disk.

    Drawing the kernels of a large size takes several times their memory.
    """
    draw = keras.initializers.Zeros if blank else _kernels
    noisy = keras.Input((None, 1), name="noisy")
    latent = keras.Input((None, size.latent_channels), name="latent")
    last = len(size.filters)

    wave, skips = CheckLength(size.multiple, name="check_length")(noisy), []
    for index, filters in enumerate(size.filters, 1):
        convolved = _convolution(filters, size, f"encoder_{index}", strides=size.stride, draw=draw)(wave)
        wave = _prelu(f"encoder_{index}_prelu")(convolved)
        skips.append(convolved if size.skip_from == "pre" else wave)

    wave = layers.Concatenate(name="code")([latent, wave])
    for index, filters in enumerate([*reversed(size.filters[:-1]), 1], 1):
        wave = _upsample(wave, filters, size, f"decoder_{index}", draw)
        if index < last:
            wave = _prelu(f"decoder_{index}_prelu")(wave)
            skip = apply_skip(skips[last - index - 1], size.skip, f"skip_{last - index}")
            wave = layers.Concatenate(name=f"decoder_{index}_concat")([wave, skip])
    enhanced = layers.Activation("tanh", dtype="float32", name="enhanced")(wave)
    return keras.Model({"latent": latent, "noisy": noisy}, enhanced, name="segan_generator")


def _upsample(wave, filters: int, size: NetworkSize, name: str, draw):
    if size.upsample == "transpose":
        return _convolution(filters, size, name, strides=size.stride, kind=layers.Conv1DTranspose, draw=draw)(wave)
    return _convolution(filters, size, name, draw=draw)(layers.UpSampling1D(size.stride, name=f"{name}_nearest")(wave))


def build_discriminator(name: str = "segan-compact", *, seed: int = 0, **overrides) -> keras.Model:
    """The discriminator of that size: is the candidate the clean version of the noisy speech?

    Inputs: "sample" (the candidate) and "noisy", float32 (batch, window, 1) each; they become the channels
    [sample, noisy]. Output: float32 (batch, 1), raw logits.

    With norm="virtual" call `set_reference` before the first use.

    Args:
        name: "segan" | "segan-compact" | "segan-tiny".
        seed: int, of the random phase shifts.
        overrides: fields of `NetworkSize`.

    Raises:
        AudioConfigError: the size or an option is unknown, or the window no multiple of S.

    Example:
        >>> build_discriminator("segan-tiny").count_params()
        210425
    """
    return discriminator_of(network_size(name, **overrides), seed=seed)


def discriminator_of(size: NetworkSize, *, seed: int = 0) -> keras.Model:
    """The discriminator of a `NetworkSize`, see `build_discriminator`."""
    sample = keras.Input((size.window, 1), name="sample")
    noisy = keras.Input((size.window, 1), name="noisy")
    wave = layers.Concatenate(name="pair")([sample, noisy])
    if size.norm == "virtual":
        wave = ReferenceBatch(size.reference, name="reference")(wave)
    for index, filters in enumerate(size.filters, 1):
        if size.phase_shift:
            wave = PhaseShift(size.phase_shift, seed=seed + index, name=f"shift_{index}")(wave)
        kind = SNConv1D if size.norm == "spectral" else layers.Conv1D
        wave = _convolution(filters, size, f"conv_{index}", strides=size.stride, kind=kind)(wave)
        wave = _normalise(wave, size, f"norm_{index}")
        wave = (_prelu(f"conv_{index}_prelu") if size.activation == "prelu"
                else layers.LeakyReLU(0.3, name=f"conv_{index}_leaky"))(wave)
    if size.norm == "virtual":
        wave = LiveExamples(size.reference, name="live")(wave)
    logits = layers.Activation("linear", dtype="float32", name="logits")(_head(wave, size))
    return keras.Model({"sample": sample, "noisy": noisy}, logits, name="segan_discriminator")


def _normalise(wave, size: NetworkSize, name: str):
    if size.norm == "batch":
        return layers.BatchNormalization(momentum=0.9, epsilon=1e-5, name=name)(wave)
    if size.norm == "virtual":
        return VirtualBatchNorm(size.reference, name=name)(wave)
    return wave


def _head(wave, size: NetworkSize):
    if size.head == "gmax":
        wave = layers.GlobalMaxPooling1D(name="pool")(wave)
    elif size.head == "gavg":
        wave = layers.GlobalAveragePooling1D(name="pool")(wave)
    elif size.head == "conv1x1":
        wave = layers.Conv1D(1, 1, use_bias=False, kernel_initializer=_kernels(), name="one_channel")(wave)
        wave = layers.Flatten(name="flat")(wave)
    else:
        wave = layers.Flatten(name="flat")(wave)
        for units in (256, 128):
            wave = layers.Dense(units, name=f"dense_{units}")(wave)
            wave = layers.PReLU(alpha_initializer="zeros", name=f"dense_{units}_prelu")(wave)
    return layers.Dense(1, name="decision")(wave)


def set_reference(discriminator: keras.Model, sample, noisy) -> None:
    """Fix the reference batch of virtual batch normalisation: R real pairs, chosen once before training.

    Args:
        discriminator: of `build_discriminator`; nothing happens unless it was built with norm="virtual".
        sample: float (at least R, window, 1), clean windows.
        noisy: float (at least R, window, 1), their noisy partners.

    Raises:
        AudioConfigError: fewer than R pairs, or another length.

    Example:
        >>> set_reference(discriminator, batch["real"], batch["noisy"])
    """
    found = [layer for layer in discriminator.layers if isinstance(layer, ReferenceBatch)]
    if not found:
        return
    shape = tuple(found[0].examples.shape)
    for name, side in (("sample", sample), ("noisy", noisy)):
        if len(side) < shape[0] or tuple(side.shape[1:]) != (shape[1], 1):
            raise AudioConfigError(f"`{name}` must have the shape (at least {shape[0]}, {shape[1]}, 1). Received: "
                                   f"{tuple(side.shape)}. Build the discriminator with `reference=` of at most "
                                   "one batch.")
    found[0].assign(keras.ops.concatenate([sample[: shape[0]], noisy[: shape[0]]], axis=-1))
