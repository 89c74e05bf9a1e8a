import numpy as np
import pytest
import tensorflow as tf

from gan_core.errors import ConfigError
from gan_core.losses import Targets
from gan_core.random import Stream

MANY = tf.zeros((20_000, 3))


@pytest.mark.parametrize(("options", "message"), [
    ({"real": 1.05}, r"`real` must lie in \(0.5, 1\]. Received: real=1.05"),
    ({"real": 0.5}, r"`real` must lie in \(0.5, 1\]. Received: real=0.5"),
    ({"fake": -0.1}, r"`fake` must lie in \[0, 0.5\). Received: fake=-0.1"),
    ({"noise": -0.1}, r"`noise` must keep both targets within \[0, 1\]. Received: noise=-0.1"),
    ({"real": 0.9, "noise": 0.95}, r"`noise` must keep both targets within \[0, 1\]. Received: noise=0.95"),
    ({"flip": 0.5}, r"`flip` must lie in \[0, 0.5\). Received: flip=0.5"),
    ({"flip": float("nan")}, r"`flip` must lie in \[0, 0.5\). Received: flip=nan"),
])
def test_targets_out_of_range_are_refused(options, message):
    with pytest.raises(ConfigError, match=message):
        Targets(**options)


@pytest.mark.parametrize("targets", [Targets(noise=0.1), Targets(flip=0.05)])
def test_random_targets_need_a_stream(targets):
    with pytest.raises(ConfigError, match=r"random targets need a `stream`. Received: stream=None"):
        targets.draw(MANY, "real", None)


def test_fixed_targets_are_plain_numbers():
    assert (Targets(real=0.9).draw(MANY, "real", None), Targets(real=0.9).draw(MANY, "fake", None)) == (0.9, 0.0)


def test_one_target_is_drawn_per_sample():
    assert Targets(noise=0.1).draw(tf.zeros((4, 3, 3, 1)), "real", Stream(0, 0)).shape == (4, 1, 1, 1)


def test_noise_moves_real_targets_down_and_fake_targets_up_within_the_unit_interval():
    targets = Targets(noise=0.1)
    real, fake = (np.asarray(targets.draw(MANY, side, Stream(0, 0))) for side in ("real", "fake"))
    assert 0.9 <= real.min() < 0.901
    assert 0.999 < real.max() <= 1.0
    assert 0.0 <= fake.min() < 0.001
    assert 0.099 < fake.max() <= 0.1
    assert abs(real.mean() - 0.95) < 0.001
    assert abs(fake.mean() - 0.05) < 0.001


@pytest.mark.parametrize(("side", "other"), [("real", 0.0), ("fake", 0.9)])
def test_flips_swap_the_targets_with_their_probability(side, other):
    drawn = np.asarray(Targets(real=0.9, flip=0.05).draw(MANY, side, Stream(0, 0)))
    share = np.isclose(drawn, other).mean()
    assert abs(share - 0.05) < 4 * np.sqrt(0.05 * 0.95 / 20_000)
    assert np.all(np.isclose(drawn, 0.9) | np.isclose(drawn, 0.0))


def test_both_sides_and_every_step_have_draws_of_their_own():
    targets = Targets(noise=0.1)
    real = np.asarray(targets.draw(MANY, "real", Stream(0, 0)))
    assert not np.allclose(1 - real, targets.draw(MANY, "fake", Stream(0, 0)))
    assert not np.allclose(real, targets.draw(MANY, "real", Stream(0, 1)))
    np.testing.assert_array_equal(real, targets.draw(MANY, "real", Stream(0, 0)))
