import numpy as np
import pytest

from gan_core.errors import ConfigError, DataError
from gan_core.metrics.functional import MetricWarning, perceptual_path_length


def squared(a, b):
    return ((a - b) ** 2).reshape(len(a), -1).sum(1)


def normal(count, generator):
    return generator.normal(size=(count, 3))


def test_a_linear_generator_on_straight_ways_has_its_closed_form():
    result = perceptual_path_length(lambda z: 3 * z, squared, normal, samples=4000, interpolation="lerp")
    assert result.values.mean() == pytest.approx(9 * 2 * 3, rel=0.06)  # E‖3 (z₂ - z₁)‖² = 9 · 2 · dimension


def test_on_the_sphere_every_way_is_as_long_as_its_angle():
    def ends(count, generator):
        ends.calls += 1
        return np.tile([1.0, 0.0] if ends.calls % 2 else [0.0, 1.0], (count, 1))

    ends.calls = 0
    result = perceptual_path_length(lambda z: z, squared, ends, samples=64)
    assert result.values == pytest.approx(np.full(64, (np.pi / 2) ** 2), rel=1e-6)


def test_one_percent_is_dropped_at_each_end():
    result = perceptual_path_length(lambda z: z, squared, normal, samples=1000)
    ordered = np.sort(result.values)
    assert result.kept == 982
    assert result.mean == pytest.approx(ordered[9:991].mean())


def test_batches_and_seed_fix_the_result():
    options = {"samples": 50, "batch_size": 16}
    first, again, other = (
        perceptual_path_length(np.sin, squared, normal, seed=seed, **options).mean for seed in (1, 1, 2)
    )
    assert first == again != other


def test_a_generator_that_ignores_its_input_gives_zero_and_a_warning():
    with pytest.warns(MetricWarning, match="do not change at all"):
        assert perceptual_path_length(np.zeros_like, squared, normal, samples=10).mean == 0.0


def test_progress_is_told_after_each_batch():
    told = []
    perceptual_path_length(np.sin, squared, normal, samples=5, batch_size=2, progress=lambda *x: told.append(x))
    assert told == [(2, 5), (4, 5), (5, 5)]


@pytest.mark.parametrize(
    ("generate", "distance", "options", "error", "message"),
    [
        (np.sin, squared, {"samples": 0}, ConfigError, "`samples`"),
        (np.sin, squared, {"epsilon": 0}, ConfigError, "`epsilon`"),
        (np.sin, squared, {"interpolation": "spline"}, ConfigError, "`interpolation`.*lerp"),
        (lambda z: z[:1], squared, {}, DataError, "`generate` must return one image per latent"),
        (lambda z: z * np.nan, squared, {}, DataError, r"generate\(latents\).*finite"),
        (np.sin, lambda a, b: squared(a, b).mean(), {}, DataError, "`distance` must return 4 numbers"),
        (np.sin, lambda a, b: -squared(a, b) - 1, {}, DataError, "at least 0"),
    ],
)
def test_bad_input_is_refused(generate, distance, options, error, message):
    with pytest.raises(error, match=message):
        perceptual_path_length(generate, distance, normal, **{"samples": 4, **options})
