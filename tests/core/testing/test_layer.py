"""Every broken layer must be caught."""

import keras
import pytest
import tensorflow as tf
from keras import layers

from gan_core.testing import check_layer


@keras.saving.register_keras_serializable(package="tests")
class Scale(layers.Layer):
    """x · gain, sound in every respect."""

    def __init__(self, start=1.0, **options):
        super().__init__(**options)
        self.start = start

    def build(self, shape):
        self.gain = self.add_weight(shape=shape[-1:], initializer=keras.initializers.Constant(self.start), name="gain")

    def call(self, x):
        return x * self.gain

    def get_config(self):
        return {**super().get_config(), "start": self.start}


class Unregistered(Scale):
    pass


@keras.saving.register_keras_serializable(package="tests")
class Forgetful(Scale):
    def get_config(self):
        config = super().get_config()
        del config["start"]
        return config


@keras.saving.register_keras_serializable(package="tests")
class Changing(Scale):
    def get_config(self):
        return {**super().get_config(), "start": self.start + 1}


@keras.saving.register_keras_serializable(package="tests")
class Early(Scale):
    def __init__(self, start=1.0, **options):
        super().__init__(start, **options)
        self.early = self.add_weight(shape=(), name="early")


@keras.saving.register_keras_serializable(package="tests")
class Rounded(Scale):
    def call(self, x):
        return tf.stop_gradient(x) * self.gain


class Misplaced(Scale):
    pass


Misplaced.__module__ = "gan_vision.layers.misplaced"
keras.saving.register_keras_serializable(package="elsewhere")(Misplaced)


def test_a_sound_layer_passes():
    check_layer(lambda: Scale(2.0), inputs=(3, 5), output=(3, 5), counts=(5, 0))


def test_a_layer_of_keras_passes():
    check_layer(lambda: layers.Dense(2), inputs=(3,), output=(2,), counts=(8, 0))


def test_a_layer_of_two_inputs_passes():
    check_layer(lambda: layers.MultiHeadAttention(1, 2), inputs={"query": (3, 2), "value": (4, 2)}, output=(3, 2))


@pytest.mark.parametrize(("build", "message"), [
    (Unregistered, "Unregistered is not registered"),
    (Misplaced, "registered under 'elsewhere', expected 'gan_vision'"),
    (Forgetful, r"`get_config` of Forgetful lacks the arguments \['start'\]"),
    (Changing, "Changing changes in a config round trip"),
    (Early, "Early makes variables before `build`"),
    (Rounded, "no finite gradient reaches the input `sample` of Rounded"),
])
def test_a_broken_layer_is_caught(build, message):
    with pytest.raises(AssertionError, match=message):
        check_layer(build, inputs=(3,), output=(3,))
