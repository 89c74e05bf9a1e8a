"""An opened run of speech enhancement: `enhance`, its options, and the generators of other steps."""

import numpy as np
import pytest

import gan_audio
from gan_audio.errors import AudioConfigError, AudioDataError
from gan_core.errors import CheckpointError, ConfigError

TINY = {"data": "synthetic", "filters": (4, 6), "latent_channels": 3, "window": 1024, "batch_size": 4, "steps": 2,
        "sample_every": 2, "checkpoint_every": 1, "validation_limit": 1, "quiet": True}


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A run of two steps with an averaged generator, as `train` gives it back."""
    return gan_audio.train("segan-tiny", out=tmp_path_factory.mktemp("runs") / "run", ema=0.5, **TINY)


@pytest.fixture(scope="module")
def run(trained):
    """The same run, opened."""
    return gan_audio.open_run(trained.folder.path)


@pytest.fixture
def noise():
    """(3000, 2) in two channels."""
    return np.random.default_rng(0).normal(0, 0.1, (3000, 2)).astype(np.float32)


def test_a_recording_keeps_its_length_and_channels_at_any_rate(run, noise):
    found = run.enhance(noise, 22_050)
    assert (found.shape, found.dtype) == ((3000, 2), np.float32)


def test_the_seed_decides_the_bits(run, noise):
    np.testing.assert_array_equal(run.enhance(noise, 16_000, seed=1), run.enhance(noise, 16_000, seed=1))
    assert not np.array_equal(run.enhance(noise, 16_000, seed=1), run.enhance(noise, 16_000, seed=2))


def test_a_run_just_trained_and_the_same_run_opened_sound_alike(trained, run, noise):
    np.testing.assert_array_equal(trained.enhance(noise, 16_000), run.enhance(noise, 16_000))


def test_the_generator_is_the_averaged_one_where_there_is_one(run):
    generator, card = run.generator()
    assert (card.recipe, card.step, card.sample_rate) == ("segan-tiny", 2, 16_000)
    for one, other in zip(generator.get_weights(), run.gan.averaged_generator.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_another_step_is_another_generator(run, noise):
    former = run.enhancer(step=1)
    assert not np.array_equal(former.enhance(noise, 16_000), run.enhance(noise, 16_000))


def test_the_best_generator_of_validation_is_kept(run, noise):
    assert run.enhancer(best=True, mode="concat").enhance(noise, 16_000).shape == (3000, 2)


@pytest.mark.parametrize(("call", "error", "message"), [
    (lambda run: run.enhance(np.full(100, np.nan), 16_000), AudioDataError, "NaN"),
    (lambda run: run.enhance(np.zeros(100), 16_000, mode="half"), AudioConfigError, "unknown mode. Received: mode='half'"),
    (lambda run: run.enhancer(step=7), CheckpointError, "has no checkpoint of step 7. Kept: 1, 2"),
    (lambda run: run.samples(0), ConfigError, "must be at least 1")])
def test_mistakes_are_refused(run, call, error, message):
    with pytest.raises(error, match=message):
        call(run)


def test_a_run_without_validation_has_no_best_generator(tmp_path):
    run = gan_audio.train("segan-tiny", out=tmp_path / "run", **{**TINY, "validation": 0.0, "steps": 1})
    (run.folder.path / "generator-best.keras").unlink(missing_ok=True)
    with pytest.raises(CheckpointError, match="holds no best generator"):
        run.enhancer(best=True)
