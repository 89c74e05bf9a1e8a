import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from gan_core.errors import ConfigError
from gan_core.layers import SNConv2D, SNDense
from gan_core.testing import unreached_kernels

IMAGES = tf.constant(np.random.default_rng(0).normal(size=(2, 8, 8, 3)), tf.float32)
SEQUENCES = IMAGES[:, 0]


def critic(*body, shape=(8, 8, 3)):
    keras.utils.set_random_seed(0)
    sample = keras.Input(shape, name="sample")
    hidden = layers.Conv2D(6, 3, padding="same", name="first")(sample) if len(shape) == 3 else sample
    for layer in (*body, layers.Flatten(), layers.Dense(1, name="last")):
        hidden = layer(hidden)
    return keras.Model(sample, hidden)


@pytest.mark.parametrize("body", [
    lambda: layers.LeakyReLU(0.2),
    lambda: layers.Conv2D(4, 3, strides=2, activation="tanh"),
    lambda: layers.Conv2DTranspose(4, 4, strides=2, activation="leaky_relu"),
    lambda: layers.DepthwiseConv2D(3, activation="leaky_relu"),
    lambda: layers.LayerNormalization(),
    lambda: layers.GroupNormalization(3),
    lambda: layers.BatchNormalization(),
    lambda: layers.AveragePooling2D(2),
    lambda: layers.MaxPooling2D(),
    lambda: layers.GlobalAveragePooling2D(),
    lambda: layers.UpSampling2D(),
    lambda: layers.Dropout(0.5),
    lambda: SNConv2D(4, 3, activation="leaky_relu"),
    lambda: SNDense(4, activation="leaky_relu"),
], ids=lambda make: type(make()).__name__)
def test_the_penalty_teaches_every_kernel_around(body):
    assert unreached_kernels(critic(body(), layers.Dense(5, activation="softplus")), IMAGES) == []


@pytest.mark.parametrize("body", [
    lambda: layers.Conv1D(4, 3, activation="leaky_relu"),
    lambda: layers.LSTM(4, return_sequences=True, use_cudnn=False),
], ids=["Conv1D", "LSTM"])
def test_the_penalty_teaches_every_kernel_of_a_sequence_critic(body):
    assert unreached_kernels(critic(body(), shape=(8, 3)), SEQUENCES) == []


@pytest.mark.parametrize("resize", [
    lambda: layers.UpSampling2D(interpolation="bilinear"),
    lambda: layers.Resizing(4, 4),
], ids=["UpSampling2D", "Resizing"])
def test_kernels_behind_a_bilinear_resize_are_found(resize):
    network = critic(resize(), layers.Conv2D(4, 3, activation="leaky_relu", name="behind"))
    assert unreached_kernels(network, IMAGES) == ["behind/kernel", "last/kernel"]


def conditional(name_of_join):
    keras.utils.set_random_seed(0)
    sample, text = keras.Input((8,), name="sample"), keras.Input((4,), name="text")
    embedded = layers.Dense(3, activation="leaky_relu", name="text_embedding")(text)
    hidden = layers.Concatenate()([layers.Dense(6, activation="leaky_relu")(sample), embedded])
    if name_of_join == "hidden":
        hidden = layers.Dense(5, activation="leaky_relu")(hidden)
    return keras.Model({"sample": sample, "text": text}, layers.Dense(1)(hidden))


@pytest.mark.parametrize("join", ["hidden", "output"])
def test_a_branch_of_the_condition_that_the_penalty_does_not_depend_on_is_not_reported(join):
    batch = {"sample": tf.reshape(IMAGES[:, :2, :2, :2], (2, 8)), "text": tf.ones((2, 4))}
    assert unreached_kernels(conditional(join), batch) == []


def test_weights_are_the_same_after_the_check():
    network = critic(layers.Resizing(4, 4), layers.BatchNormalization(), SNConv2D(2, 3))
    before = network.get_weights()
    unreached_kernels(network, IMAGES)
    for old, new in zip(before, network.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


@pytest.mark.parametrize(("batch", "message"), [
    ({"image": IMAGES}, r"`inputs` needs the key `sample`. Received: keys=\['image'\]"),
    ({"sample": tf.ones((2, 8))}, r"reads the input `text`, which this batch does not have"),
])
def test_incomplete_batches_are_refused(batch, message):
    with pytest.raises(ConfigError, match=message):
        unreached_kernels(conditional("hidden"), batch)
