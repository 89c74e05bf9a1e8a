import warnings

import keras
import pytest

from gan_core.layers import SNDense
from gan_core.layers.normalization import is_normalization, normalizes_over_batch, warn_of_batch_normalization


class VirtualBatchNorm(keras.layers.Layer):
    pass


class ConditionalBatchNormalization(keras.layers.BatchNormalization):
    pass


class Modulated(keras.layers.LayerNormalization):
    pass


@pytest.mark.parametrize(("layer", "normalizes", "over_batch"), [
    (keras.layers.BatchNormalization(), True, True),
    (ConditionalBatchNormalization(), True, True),
    (VirtualBatchNorm(), True, False),
    (keras.layers.LayerNormalization(), True, False),
    (keras.layers.GroupNormalization(2), True, False),
    (keras.layers.RMSNormalization(), True, False),
    (Modulated(), True, False),
    (keras.layers.SpectralNormalization(keras.layers.Dense(2)), False, False),
    (SNDense(2), False, False),
    (keras.layers.Dense(2), False, False),
], ids=lambda value: type(value).__name__ if isinstance(value, keras.Layer) else str(value))
def test_layers_are_told_apart(layer, normalizes, over_batch):
    assert (is_normalization(layer), normalizes_over_batch(layer)) == (normalizes, over_batch)


def test_batch_normalisation_in_a_penalised_critic_is_warned_of_wherever_it_is_nested():
    inner = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3), keras.layers.BatchNormalization(name="bn_inner")])
    critic = keras.Sequential([keras.Input((4,)), inner, keras.layers.Dense(1)])
    with pytest.warns(UserWarning, match=r"Found: bn_inner. Use LayerNormalization"):
        assert warn_of_batch_normalization([critic]) == ["bn_inner"]


def test_other_normalisations_are_not_warned_of():
    critic = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3), keras.layers.LayerNormalization()])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert warn_of_batch_normalization([critic]) == []
