import numpy as np
import pytest
import tensorflow as tf

from gan_audio.layers import LiveExamples, ReferenceBatch, VirtualBatchNorm
from gan_core.testing import check_layer

RANDOM = np.random.default_rng(0)


def values(*shape):
    return RANDOM.normal(1.0, 2.0, shape).astype(np.float32)


def by_hand(x, size, epsilon=1e-5):
    """The definition, example by example."""
    reference, weight = x[:size], 1 / (size + 1)
    mean_r, square_r = reference.mean((0, 1)), np.square(reference).mean((0, 1))
    result = []
    for index, example in enumerate(x):
        share = weight if index >= size else 0.0
        mean = share * example.mean(0) + (1 - share) * mean_r
        square = share * np.square(example).mean(0) + (1 - share) * square_r
        result.append((example - mean) / np.sqrt(np.maximum(square - mean**2, 0) + epsilon))
    return np.array(result)


def plain(size):
    layer = VirtualBatchNorm(size)
    layer.build((None, None, 5))
    layer.gamma.assign(np.ones(5))
    return layer


def test_the_layer_follows_its_definition():
    x = values(7, 20, 5)
    np.testing.assert_allclose(plain(3)(x), by_hand(x, 3), atol=1e-5)


def test_an_example_does_not_depend_on_the_other_live_ones():
    x, layer = values(7, 20, 5), plain(3)
    other = np.concatenate([x[:4], 9 * values(3, 20, 5)])
    np.testing.assert_allclose(layer(x)[:4], layer(other)[:4], atol=1e-6)


def test_an_example_depends_on_itself_and_on_the_reference():
    x, layer = values(7, 20, 5), plain(3)
    assert np.abs(np.asarray(layer(np.concatenate([2 * x[:3], x[3:]]))[3] - layer(x)[3])).max() > 0.1
    shifted = x.copy()
    shifted[3] *= 2
    assert np.abs(np.asarray(layer(shifted)[3] - 2 * layer(x)[3])).max() > 0.01


def test_a_constant_input_does_not_divide_by_zero():
    assert np.isfinite(plain(2)(np.full((4, 8, 5), 3.0, np.float32))).all()


def test_gamma_starts_near_one():
    layer = VirtualBatchNorm(2)
    layer.build((None, None, 2000))
    assert float(np.mean(layer.gamma)) == pytest.approx(1.0, abs=0.005)
    assert float(np.std(layer.gamma)) == pytest.approx(0.02, abs=0.005)



def test_contract():
    check_layer(lambda: VirtualBatchNorm(2), inputs=(6, 3), output=(6, 3), counts=(6, 0))


def test_calling_without_a_reference_is_refused():
    layer = ReferenceBatch(2)
    with pytest.raises(RuntimeError, match=r"needs its reference examples before the first call.*set_reference"):
        layer(values(1, 4, 1))


def test_tracing_without_a_reference_is_refused():
    layer = ReferenceBatch(2)
    layer.build((None, 4, 1))
    with pytest.raises(RuntimeError, match="needs its reference examples"):
        tf.function(layer)(tf.constant(values(1, 4, 1)))


def test_the_reference_goes_before_and_away_again():
    layer = ReferenceBatch(2)
    layer.build((None, 4, 1))
    reference, live = values(2, 4, 1), values(3, 4, 1)
    layer.assign(reference)
    together = layer(live)
    np.testing.assert_array_equal(together, np.concatenate([reference, live]))
    np.testing.assert_array_equal(LiveExamples(2)(together), live)
