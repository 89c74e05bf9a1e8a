"""Standard errors against the true deviation: many small draws of the generated images, seeds fixed."""

from __future__ import annotations

import functools

import numpy as np
import pytest

from gan_core.errors import ConfigError, DataError
from gan_core.metrics.functional import frechet_distance, kernel_distance
from gan_core.metrics.functional import standard_errors as module
from gan_core.metrics.functional.standard_errors import frechet_distance_error, kernel_distance_error

DRAWS = 120


def kernel(real, fake):
    return kernel_distance(real, fake, estimator="full").value, kernel_distance_error(real, fake)


def frechet(real, fake):
    return frechet_distance(real, fake), frechet_distance_error(real, fake)


def normal(generator, count, shift):
    return generator.normal(size=(count, 8)) + shift


def rectified(generator, count, shift):
    return 2 * np.maximum(normal(generator, count, shift), 0)


@functools.cache
def simulate(measure, draw, shift, *, count=150):
    """Values and stated errors of many generators that draw from one distribution, on one set of real images."""
    generator = np.random.default_rng(7)
    real = draw(generator, count, 0.0)
    return np.array([measure(real, draw(generator, count, shift)) for _ in range(DRAWS)]).T


@pytest.mark.filterwarnings("ignore:KID is negative")
@pytest.mark.parametrize("shift", [0.0, 0.1, 0.5])
@pytest.mark.parametrize("draw", [normal, rectified])
@pytest.mark.parametrize("measure", [kernel, frechet])
class TestOfManyDraws:
    def test_the_stated_error_is_near_the_true_deviation(self, measure, draw, shift):
        values, errors = simulate(measure, draw, shift)
        assert errors.mean() == pytest.approx(values.std(ddof=1), rel=0.25)

    def test_two_samples_of_one_distribution_rarely_differ(self, measure, draw, shift):
        values, errors = simulate(measure, draw, shift)
        first, second = np.triu_indices(DRAWS, 1)  # every pair of draws
        apart = np.abs(values[first] - values[second]) > 1.96 * np.hypot(errors[first], errors[second])
        assert np.mean(apart) <= 0.06


def test_a_choice_of_rows_gives_the_error_of_all(monkeypatch):
    generator = np.random.default_rng(0)
    real, fake = generator.normal(size=(900, 4)), generator.normal(size=(1200, 4)) + 0.2
    whole = kernel_distance_error(real, fake)
    monkeypatch.setattr(module, "MOST_ROWS", 400)
    assert kernel_distance_error(real, fake) == pytest.approx(whole, rel=0.15)


def test_tiles_change_nothing(monkeypatch):
    generator = np.random.default_rng(0)
    real, fake = generator.normal(size=(90, 4)), generator.normal(size=(70, 4))
    whole = kernel_distance_error(real, fake)
    monkeypatch.setattr(module, "TILE_ROWS", 17)
    assert kernel_distance_error(real, fake) == pytest.approx(whole, rel=1e-9)


@pytest.mark.parametrize("shape", [(60, 3), (20, 40)])
def test_the_jackknife_leaves_groups_out(shape):
    """The definition, with every distance computed anew; both with more and with fewer rows than features."""
    generator = np.random.default_rng(1)
    real, fake = generator.normal(size=shape), generator.normal(size=shape) + 0.3
    values = [frechet_distance(real, np.delete(fake, np.arange(start, shape[0], 5), axis=0)) for start in range(5)]
    expected = np.sqrt(4 / 5 * np.sum((np.array(values) - np.mean(values)) ** 2))
    assert frechet_distance_error(real, fake, groups=5) == pytest.approx(expected, rel=1e-6)


def test_a_choice_of_many_images_has_the_error_of_their_number():
    x = np.random.default_rng(0).normal(size=(2, 100, 3))
    assert frechet_distance_error(*x, count=400) == pytest.approx(frechet_distance_error(*x) / 2)


def test_a_generator_that_always_makes_the_same_has_no_error():
    real, fake = np.random.default_rng(0).normal(size=(50, 3)), np.ones((50, 3))
    assert kernel_distance_error(real, fake) == pytest.approx(0, abs=1e-6)
    assert frechet_distance_error(real, fake) == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize(("function", "arguments", "error", "message"), [
    (kernel_distance_error, (np.zeros((5, 2)), np.zeros((2, 2))), DataError, "at least 3"),
    (kernel_distance_error, (np.zeros((5, 2)), np.zeros((5, 3))), DataError, "2.*3"),
    (frechet_distance_error, (np.zeros((5, 2)), np.zeros((3, 2))), DataError, "at least 4 generated images"),
    (frechet_distance_error, (np.zeros((5, 2)), np.full((5, 2), np.nan)), DataError, "finite|NaN"),
])
def test_what_has_no_error_is_refused(function, arguments, error, message):
    with pytest.raises(error, match=message):
        function(*arguments)


def test_one_group_is_no_jackknife():
    with pytest.raises(ConfigError, match="`groups` must be"):
        frechet_distance_error(np.zeros((9, 2)), np.zeros((9, 2)), groups=1)
