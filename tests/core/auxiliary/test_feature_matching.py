import numpy as np
import pytest
import tensorflow as tf

from gan_core.auxiliary import FeatureMatching
from gan_core.errors import ConfigError

REAL, FAKE = tf.constant([[1.0, 2.0], [0.0, 4.0]]), tf.constant([[0.0, 4.0], [3.0, 4.0]])  # mean distance 1.5


def identity(x):
    return x


def double(x):
    return 2 * x


def first(x):
    return x[:, :1]


@pytest.mark.parametrize(("features", "expected"), [
    ([[identity]], 1.5),
    ([[identity, double]], 1.5 + 3.0),
    ([[identity], [double]], (1.5 + 3.0) / 2),
    ([[identity, first], [double, identity]], (1.5 + 2.0 + 3.0 + 1.5) / 2),
])
def test_mean_distances_are_summed_over_layers_and_averaged_over_discriminators(make_forward_pass, features, expected):
    assert float(FeatureMatching(10)(make_forward_pass(REAL, FAKE, features))) == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize(("n_layers", "factor"), [(3, 1.0), (1, 2.0), (7, 0.5)])
def test_the_number_of_layers_rescales_the_sum_as_in_pix2pix_hd(make_forward_pass, n_layers, factor):
    value = FeatureMatching(10, n_layers=n_layers)(make_forward_pass(REAL, FAKE, [[identity]]))
    assert float(value) == pytest.approx(1.5 * factor, rel=1e-6)


def test_the_unpaired_form_compares_means_over_the_batch(make_forward_pass):
    # means [.5, 3] and [1.5, 4]: squared distance 1 + 1
    value = FeatureMatching(1, paired=False)(make_forward_pass(REAL, FAKE, [[identity], [double]]))
    assert float(value) == pytest.approx((2 + 8) / 2, rel=1e-6)


def test_the_unpaired_form_ignores_the_order_and_allows_unequal_batches(make_forward_pass):
    value = FeatureMatching(1, paired=False)(make_forward_pass(REAL, tf.concat([FAKE[::-1], FAKE], 0), [[identity]]))
    assert float(value) == pytest.approx(2.0, rel=1e-6)


@pytest.mark.parametrize("paired", [True, False])
def test_the_gradient_reaches_the_generated_side_only(make_forward_pass, paired):
    real, fake = tf.Variable(REAL), tf.Variable(FAKE)
    with tf.GradientTape() as tape:
        value = FeatureMatching(1, paired)(make_forward_pass(real, fake, [[identity]]))
    gradients = tape.gradient(value, [real, fake])
    assert gradients[0] is None
    assert np.abs(gradients[1]).max() > 0.2


@pytest.mark.parametrize("features", [[()], [[identity], ()]])
def test_a_discriminator_without_features_is_refused(make_forward_pass, features):
    with pytest.raises(ConfigError, match="feature matching needs a discriminator that returns its features"):
        FeatureMatching(10)(make_forward_pass(REAL, FAKE, features))


def test_partners_of_unequal_number_are_refused(make_forward_pass):
    with pytest.raises(ConfigError, match="features of real and generated samples must have equal shapes"):
        FeatureMatching(10)(make_forward_pass(REAL, FAKE[:1], [[identity]]))


@pytest.mark.parametrize(("options", "message"), [
    ({"weight": -10}, "`weight` must be a finite number of at least 0"),
    ({"n_layers": -1}, "`n_layers` must be at least 0. Received: n_layers=-1"),
])
def test_arguments_out_of_range_are_refused(options, message):
    with pytest.raises(ConfigError, match=message):
        FeatureMatching(**options)
