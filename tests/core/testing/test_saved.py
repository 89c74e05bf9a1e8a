"""Saved networks are loaded where this process' classes do not exist."""

import keras
import pytest
from keras import layers

from gan_core.testing import check_saved_networks


@keras.saving.register_keras_serializable(package="tests")
class OnlyHere(layers.Layer):
    """A layer that no module of a package registers."""

    def call(self, x):
        return x + 1.0


def network(body=lambda x: x, name="sound"):
    sample = keras.Input((4,), name="sample")
    return keras.Model(sample, layers.Dense(1)(body(sample)), name=name)


@pytest.mark.slow
def test_only_the_network_with_an_unknown_layer_is_reported():
    with pytest.raises(AssertionError, match="OnlyHere") as caught:
        check_saved_networks([(network(), {"sample": (4,)}), (network(OnlyHere(), "broken"), {"sample": (4,)})],
                             imports=("gan_core.game.batch",))
    assert "'broken' (number 1)" in str(caught.value)
    assert "number 0" not in str(caught.value)
