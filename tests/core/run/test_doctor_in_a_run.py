"""The doctor at work: tiny runs that are sick on purpose."""

from __future__ import annotations

import json

import keras
import numpy as np
import pytest
import tensorflow as tf

import gan_core as core
from gan_core.data.loader import ArraySource, Loader
from gan_core.errors import DivergedError
from gan_core.progress import Progress
from gan_core.run.checkpoint import Checkpoints
from gan_core.run.config import RunConfig, write_yaml
from gan_core.run.doctor import diagnose
from gan_core.run.experiment import Experiment, Phase, resume_experiment, run_experiment
from gan_core.run.folder import RunFolder
from gan_core.run.metrics_file import read_lines

pytestmark = pytest.mark.slow


def experiment_of(steps, data=None, scale=1.0):
    """A generator whose samples vary with `scale`, on data around (2, 2)."""
    keras.utils.set_random_seed(0)
    latent = keras.Input((2,), name="latent")
    generator = keras.Model(latent, keras.layers.Dense(2)(keras.layers.Rescaling(scale)(latent)))
    sample = keras.Input((2,), name="sample")
    discriminator = keras.Model(sample, keras.layers.Dense(1)(keras.layers.Dense(8, "relu")(sample)))
    gan = core.GAN(generator, discriminator, core.Objective(core.NonSaturating()), core.Normal(2), seed=1)
    gan.compile(keras.optimizers.Adam(1e-4, 0.5), keras.optimizers.Adam(1e-4, 0.5))
    if data is None:
        data = np.random.default_rng(0).normal(2, 1, (200, 2)).astype(np.float32)
    return Experiment(gan, [Phase(Loader(ArraySource({"real": data}), 16), count) for count in steps])


def config_of(steps, **options):
    return RunConfig(**{"steps": steps, "batch_size": 16, "log_every": 10, "sample_every": 100,
                        "checkpoint_every": 100, **options})


def start(path, experiment, config):
    folder = RunFolder.create(path, "toy")
    write_yaml(folder.config, "toy", config)
    folder.write_environment()
    run_experiment(experiment, folder, config, progress=Progress(quiet=True))
    return folder


def test_a_constant_generator_is_reported_on_the_page_and_by_the_verb(tmp_path):
    folder = start(tmp_path, experiment_of([300], scale=0.0), config_of(300))
    assert "mode_collapse" in folder.report.read_text(encoding="utf-8")
    assert [finding.name for finding in diagnose(folder.path)] == ["mode_collapse"]


def test_a_generator_that_varies_is_measured_and_not_reported(tmp_path):
    folder = start(tmp_path, experiment_of([300]), config_of(300))
    measured = [line["step"] for line in read_lines(folder.metrics) if "sample_diversity" in line]
    assert measured == [200, 300]  # not before 200 updates of the generator
    assert diagnose(folder.path) == []


def test_a_run_that_diverges_leaves_a_report_that_says_so(tmp_path):
    data = np.ones((200, 2), np.float32)
    data[77] = np.nan
    with pytest.raises(DivergedError):
        start(tmp_path, experiment_of([100], data), config_of(100))
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "<strong>Diverged</strong>" in page
    assert "nonfinite" in page


def test_a_resumed_run_has_the_findings_and_the_memory_of_an_uninterrupted_one(tmp_path):
    whole = start(tmp_path / "whole", experiment_of([250, 150], scale=0.0), config_of(400))
    halves = start(tmp_path / "halves", experiment_of([250, 50], scale=0.0), config_of(300))
    resume_experiment(experiment_of([250, 150], scale=0.0), halves, config_of(400), progress=Progress(quiet=True))
    notes = [Checkpoints(folder.checkpoints).newest()[0].manifest["doctor"] for folder in (whole, halves)]
    assert json.dumps(notes[0]) == json.dumps(notes[1])
    assert [finding["name"] for finding in notes[0]["findings"]] == ["mode_collapse"]
    assert notes[0]["phase"] == 1


def test_inspections_leave_training_as_it_is(tmp_path):
    seen, blind = experiment_of([300]), experiment_of([300])
    start(tmp_path / "seen", seen, config_of(300, sample_every=50))
    start(tmp_path / "blind", blind, config_of(300, sample_every=300))
    for first, second in zip(seen.gan.weights, blind.gan.weights, strict=True):
        tf.debugging.assert_equal(first.value, second.value)
