import numpy as np
import pytest

from gan_core.errors import ConfigError, DataError
from gan_core.forensics.baselines import bernoulli_like, fgsm


@pytest.fixture(scope="module")
def weights():
    return np.random.default_rng(0).normal(size=(6, 3)).astype(np.float32)


@pytest.fixture(scope="module", params=["softmax", None])
def classifier(request, weights):
    import keras

    inputs = keras.Input((6,))
    model = keras.Model(inputs, keras.layers.Dense(3, activation=request.param, use_bias=False)(inputs))
    model.set_weights([weights])
    return model


@pytest.fixture(scope="module")
def pictures():
    return np.random.default_rng(1).random((5, 6)).astype(np.float32)


LABELS = np.array([0, 1, 2, 0, 1])


def closed_form(x, weights, labels):
    logits = x @ weights
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    return np.sign((p - np.eye(3)[labels]) @ weights.T)


def test_a_linear_softmax_has_a_closed_form(classifier, weights, pictures):
    moved = fgsm(classifier, pictures, LABELS, eps=0.1, clip=None)
    np.testing.assert_allclose(moved, pictures + 0.1 * closed_form(pictures, weights, LABELS), atol=1e-6)


def test_labels_may_be_probabilities_and_batches_do_not_matter(classifier, pictures):
    whole = fgsm(classifier, pictures, LABELS)
    np.testing.assert_array_equal(fgsm(classifier, pictures, np.eye(3)[LABELS], batch_size=2), whole)


def test_clipping_keeps_the_range_and_none_leaves_it(classifier, pictures):
    assert 0 <= fgsm(classifier, pictures, LABELS, eps=0.9).min()
    assert fgsm(classifier, pictures, LABELS, eps=0.9).max() <= 1
    assert fgsm(classifier, pictures, LABELS, eps=0.9, clip=None).min() < 0


def test_eps_0_changes_nothing(classifier, pictures):
    np.testing.assert_array_equal(fgsm(classifier, pictures, LABELS, eps=0), pictures)


@pytest.mark.parametrize(("labels", "options", "error", "message"), [
    (LABELS[:3], {}, DataError, "equal length, at least 1. Received: 5 and 3"),
    (LABELS + 1, {}, DataError, r"class numbers 0..2.*values 1..3"),
    (LABELS.astype(float), {}, DataError, "dtype=float64"),
    (LABELS, {"eps": -0.1}, ConfigError, "`eps` must not be negative"),
    (LABELS, {"clip": (1, 0)}, ConfigError, "low < high, or None"),
])
def test_bad_input_is_refused(classifier, pictures, labels, options, error, message):
    with pytest.raises(error, match=message):
        fgsm(classifier, pictures, labels, **options)


def test_bernoulli_has_the_mean_and_shape_of_the_reference(digits_like):
    flips = bernoulli_like(digits_like, seed=1)
    assert flips.shape == digits_like.shape
    assert set(np.unique(flips)) == {0.0, 1.0}
    assert flips.mean() == pytest.approx(digits_like.mean(), abs=4 * np.sqrt(0.25 / flips.size))


def test_bernoulli_is_a_function_of_its_seed(digits_like):
    assert (bernoulli_like(digits_like, seed=1) == bernoulli_like(digits_like, seed=1)).all()
    assert (bernoulli_like(digits_like, seed=1) != bernoulli_like(digits_like, seed=2)).any()


@pytest.mark.parametrize(("reference", "message"), [([-1.0, 1.0], "Received: -1..1"), ([np.nan], "in \\[0, 1\\]"),
                                                    ([], "Received: nothing")])
def test_bernoulli_refuses_other_ranges(reference, message):
    with pytest.raises(DataError, match=message):
        bernoulli_like(reference)
