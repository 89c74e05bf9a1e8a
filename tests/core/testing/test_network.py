"""A contract that nothing can break is worth nothing: every check must catch its own kind of broken network."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from gan_core.testing import check_network, count_parameters


@keras.saving.register_keras_serializable(package="tests")
class Detached(layers.Layer):
    """Stops the gradient."""

    def call(self, x):
        return tf.stop_gradient(x)


@keras.saving.register_keras_serializable(package="tests")
class Resized(layers.Layer):
    """Bilinear resizing, whose gradient has no gradient."""

    def call(self, x):
        return tf.image.resize(x, (2, 2))


@keras.saving.register_keras_serializable(package="tests")
class Forgetful(layers.Layer):
    """Does not return its argument from `get_config`."""

    def __init__(self, factor=1.0, **options):
        super().__init__(**options)
        self.factor = factor

    def call(self, x):
        return self.factor * x

    def get_config(self):
        return super().get_config()


@keras.saving.register_keras_serializable(package="tests")
class Nameless(layers.Layer):
    """Does not pass its name on, so that a copy gets another one."""

    def __init__(self, factor=1.0, **options):
        options.pop("name", None)
        super().__init__(**options)
        self.factor = factor

    def call(self, x):
        return self.factor * x

    def get_config(self):
        return {**super().get_config(), "factor": self.factor}


@keras.saving.register_keras_serializable(package="tests")
class Noisy(layers.Layer):
    """Random whatever `training` says."""

    def call(self, x):
        return x + tf.random.normal(tf.shape(x), dtype=x.dtype)


@keras.saving.register_keras_serializable(package="tests")
class FixedBatch(layers.Layer):
    """Works for batches of three only."""

    def call(self, x):
        return tf.reshape(x, (3, 4))


def sound(body=lambda x: x, units=1, name="sample", **last):
    last = {"dtype": "float32", **last}
    sample = keras.Input((4,), name=name)
    x = layers.Dense(4, activation="softplus")(sample)
    return keras.Model(sample, layers.Dense(units, **last)(body(x)), name="discriminator")


def images(body):
    sample = keras.Input((4, 4, 1), name="sample")
    x = layers.Conv2D(2, 3, activation="softplus")(sample)
    return keras.Model(sample, layers.Dense(1)(layers.Flatten()(body(x))))


def infinite():
    network = sound()
    network.layers[-1].bias.assign([np.inf])
    return network


COMMON = {"inputs": {"sample": (4,)}, "output": (1,)}


def test_a_sound_network_passes():
    check_network(sound, **COMMON, counts=(25, 0), penalty=True)


def test_the_checked_network_is_returned():
    assert check_network(sound, **COMMON, mixed_precision=False).name == "discriminator"


@pytest.mark.parametrize(("build", "options", "message"), [
    (lambda: sound(name="image"), COMMON, r"declares the inputs \['image'\], expected \['sample'\]"),
    (lambda: sound(units=2), COMMON, r"output of shape \(3, 2\) for 3 examples, expected \(3, 1\)"),
    (lambda: sound(), {**COMMON, "counts": (24, 1)}, r"parameters \(25, 0\), expected \(24, 1\)"),
    (lambda: sound(dtype="float16"), COMMON, "output of type float16, expected float32"),
    (lambda: sound(), {**COMMON, "value_range": (-0.01, 0.01)}, r"output in .*expected \(-0.01, 0.01\)"),
    (infinite, COMMON, "NaN or infinite"),
    (lambda: sound(Detached()), COMMON, "the gradient does not reach dense.*/kernel"),
    (lambda: sound(lambda x: layers.Multiply()([x, layers.Subtract()([x, x])])), COMMON, "the gradient is zero at"),
    (lambda: images(Resized()), {"inputs": {"sample": (4, 4, 1)}, "output": (1,), "penalty": True},
     "gradient penalty .* dense.*/kernel"),
    (lambda: sound(Forgetful(2.0)), COMMON, "a config round trip changes the outputs"),
    (lambda: sound(Nameless(2.0)), COMMON, "a config round trip"),
    (lambda: sound(dtype=None), COMMON, "under mixed_bfloat16 the output is bfloat16"),
])
def test_a_broken_network_is_caught(build, options, message):
    with pytest.raises(AssertionError, match=message):
        check_network(build, **options)


def test_a_batch_size_that_is_baked_in_is_caught():
    with pytest.raises(Exception, match="reshape"):
        check_network(lambda: sound(FixedBatch()), **COMMON)


def test_exempt_weights_need_no_gradient():
    check_network(lambda: sound(Detached()), **COMMON, exempt=("kernel", "bias"))


def test_integer_inputs_get_integers():
    def build():
        label = keras.Input((), dtype="int32", name="label")
        return keras.Model(label, layers.Dense(1, dtype="float32")(layers.Embedding(2, 3)(label)))

    check_network(build, inputs={"label": ()}, output=(1,), counts=(10, 0))


def test_inputs_may_come_from_a_function():
    seen = []

    def draw(count):
        seen.append(count)
        return np.ones((count, 4))

    check_network(sound, inputs={"sample": draw}, output=(1,), batches=(1, 5), mixed_precision=False)
    assert set(seen) == {1, 5}


def test_a_dictionary_of_logits_and_features_passes():
    def build():
        sample = keras.Input((4,), name="sample")
        feature = layers.Dense(3)(sample)
        logits = layers.Dense(1, dtype="float32")(feature)
        return keras.Model(sample, {"logits": logits, "features": [feature]})

    check_network(build, **COMMON)


def test_random_networks_are_compared_by_their_weights():
    check_network(lambda: sound(Noisy()), **COMMON, deterministic=False)


def test_random_networks_differ_when_their_outputs_are_compared():
    with pytest.raises(AssertionError, match="changes the outputs"):
        check_network(lambda: sound(Noisy()), **COMMON)


def test_the_policy_is_restored():
    check_network(sound, **COMMON)
    assert keras.config.dtype_policy().name == "float32"


def test_parameters_are_counted_apart():
    sample = keras.Input((4,))
    assert count_parameters(keras.Model(sample, layers.BatchNormalization()(sample))) == (8, 8)
