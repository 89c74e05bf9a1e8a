"""The style encoder of a run whose noise is written in its pictures."""

import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from gan_core.errors import ConfigError
from gan_vision.explore.style import style_encoder, train_style_encoder, transferred


@pytest.fixture(scope="module")
def learned(tmp_path_factory, linear_run):
    """A run of classes, and its encoder after 150 steps."""
    run = linear_run(tmp_path_factory.mktemp("classes"), classes=3)
    return run, train_style_encoder(run, steps=150)


@pytest.mark.slow
def test_it_finds_the_noise_of_new_pictures(learned):
    run, encoder = learned
    inputs = run.inputs(64, seed=5)
    images = run.gan.generate({"label": inputs["label"]}, latent=inputs["latent"])
    assert np.mean((encoder.predict(images, verbose=0) - inputs["latent"]) ** 2) < 0.3  # the noise has a variance of 1
    assert json.loads((Path(run.folder.path) / "style-encoder.json").read_text())["missed_variance"] < 0.3


@pytest.mark.slow
def test_a_kept_encoder_is_used_until_the_run_has_another_step(learned, monkeypatch):
    run, encoder = learned
    monkeypatch.setattr("gan_vision.explore.style.train_style_encoder", lambda run, steps, seed: ("trained", steps, seed))
    kept = style_encoder(run)
    assert all(np.array_equal(*pair) for pair in zip(kept.get_weights(), encoder.get_weights(), strict=True))
    assert style_encoder(run, steps=150, seed=0) is not None
    assert style_encoder(run, steps=20) == ("trained", 20, 0)
    assert style_encoder(run, seed=3) == ("trained", 1000, 3)
    monkeypatch.setattr(run, "saved", SimpleNamespace(step=8))
    assert style_encoder(run) == ("trained", 1000, 0)


@pytest.mark.slow
def test_a_damaged_encoder_is_trained_anew(tmp_path, monkeypatch, capsys, linear_run):
    run = linear_run(tmp_path)
    (tmp_path / "style-encoder.keras").write_bytes(b"half")
    (tmp_path / "style-encoder.json").write_text('{"step": 7, "steps": 1000, "seed": 0}')
    monkeypatch.setattr("gan_vision.explore.style.train_style_encoder", lambda run, steps, seed: "trained")
    assert style_encoder(run) == "trained"
    assert "Training it anew" in capsys.readouterr().err


@pytest.mark.slow
def test_the_same_seed_gives_the_same_encoder(tmp_path, linear_run):
    run = linear_run(tmp_path, classes=2)
    first, again, other = (train_style_encoder(run, steps=2, seed=seed).get_weights() for seed in (1, 1, 2))
    assert all(np.array_equal(*pair) for pair in zip(first, again, strict=True))
    assert not np.array_equal(first[0], other[0])


def test_every_condition_is_shown_with_the_noise_of_every_picture(tmp_path, linear_run):
    run = linear_run(tmp_path, classes=3)
    styles = np.uint8([10, 200]).reshape(2, 1, 1, 1).repeat(16, 1).repeat(16, 2)
    encoder = lambda images, training: np.stack([images[:, 0, 0, 0], 0 * images[:, 0, 0, 0], images[:, 1, 1, 0]], 1)  # noqa: E731
    made = transferred(run, styles, {"label": np.int32([2, 0, 1])}, encoder)
    assert made.shape == (3, 2, 16, 16, 1)
    latent = np.float32([[200 / 255, 0, 200 / 255]])
    np.testing.assert_array_equal(made[2, 1], run.images_of({"latent": latent, "label": np.int32([1])})[0])


def test_a_run_without_conditions_is_refused(tmp_path, linear_run):
    run = linear_run(tmp_path)
    with pytest.raises(ConfigError, match="whose generator reads neither"):
        transferred(run, np.zeros((1, 16, 16, 1), np.uint8), {}, None)


def test_no_steps_are_refused(tmp_path, linear_run):
    with pytest.raises(ConfigError, match="`--encoder-steps` must be at least 1"):
        train_style_encoder(linear_run(tmp_path), steps=0)
