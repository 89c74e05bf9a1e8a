"""The loop on two devices: the same numbers as on one."""

import json
import subprocess
import sys

import numpy as np
import pytest

SCRIPT = """
import json, sys
import keras, numpy as np, tensorflow as tf
from gan_core import GAN, AdaptiveAugment, GradientPenalty, NoLatent, NonSaturating, Normal, Objective, Wasserstein, WeightClipping
from gan_core.data.loader import ArraySource, Loader
from gan_core.random import Stream
from gan_core.run import Experiment, Phase, RunConfig, RunFolder, resume_experiment, run_experiment
from gan_core.progress import Progress
from gan_core.run.state import state_of

tf.config.set_logical_device_configuration(
    tf.config.list_physical_devices("CPU")[0], [tf.config.LogicalDeviceConfiguration()] * 2)
DATA = {"real": np.random.default_rng(0).normal(1, 1, (32, 2)).astype("float32"),
        "source": np.random.default_rng(1).normal(0, 1, (32, 3)).astype("float32")}


def build(strategy, objective, names, latent, **options):
    with strategy.scope():
        keras.utils.set_random_seed(0)
        L = keras.layers
        inputs = [keras.Input((3,), name=name) for name in names]
        x = L.Concatenate()(inputs) if len(inputs) > 1 else inputs[0]
        x = L.LeakyReLU()(L.Dense(8)(x))
        x = L.BatchNormalization()(x) if latent else x
        generator = keras.Model(inputs, L.Dense(2)(x))
        sample = keras.Input((2,), name="sample")
        discriminator = keras.Model(sample, L.Dense(1)(L.LeakyReLU()(L.Dense(8)(sample))))
        gan = GAN(generator, discriminator, objective, Normal(3) if latent else NoLatent(), **options)
        optimizer = keras.optimizers.SGD(0.1) if not latent else keras.optimizers.Adam(0.01)
        gan.compile(optimizer, optimizer)
    return gan


def train(gan, keys, epochs):
    data = tf.data.Dataset.from_tensor_slices({key: DATA[key] for key in keys}).batch(8)
    gan.fit(data, epochs=epochs, shuffle=False, verbose=0)
    return gan


def summary(gan):
    weights = np.concatenate([np.ravel(v.numpy()) for v in (*gan.generator.weights, *gan.discriminators[0].weights)])
    average = [] if gan.averaged_generator is None else np.concatenate(
        [np.ravel(v.numpy()) for v in gan.averaged_generator.weights])
    return {"weights": weights.tolist(), "average": np.asarray(average).tolist(),
            "counters": [int(v.numpy()) for v in (gan.discriminator_steps, gan.generator_steps, gan.critic_streak, gan.examples_seen)],
            "report": gan.running_means.reported()}


one, two = tf.distribute.get_strategy(), tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
results = {"devices": two.num_replicas_in_sync}
for name, strategy in (("one", one), ("two", two)):
    results["sgd " + name] = summary(train(build(
        strategy, Objective(Wasserstein(), constraints=(WeightClipping(0.5),)), ["source"], None, n_critic=2, ema=0.9),
        ["real", "source"], 3))
    results["adam " + name] = summary(train(build(
        strategy, Objective(Wasserstein(), regularizers=(GradientPenalty(10),)), ["latent"], True, n_critic=2, ema=0.9),
        ["real"], 2))
    results["simultaneous " + name] = summary(train(build(
        strategy, Objective(NonSaturating()), ["latent"], True, update="simultaneous", ema=0.9), ["real"], 2))
draws = two.run(tf.function(lambda: Stream(0, 0).normal((4,), "x")))
results["draws"] = [draw.numpy().tolist() for draw in two.experimental_local_results(draws)]


def run(folder, steps, resume=False):
    gan = build(two, Objective(NonSaturating()), ["latent"], True, ema=0.9)
    experiment = Experiment(gan, [Phase(Loader(ArraySource({"real": DATA["real"]}), 8), steps)])
    config = RunConfig(steps=steps, batch_size=8, log_every=2, checkpoint_every=4)
    if resume:
        resume_experiment(experiment, RunFolder.open(folder), config, progress=Progress(quiet=True))
    else:
        run_folder = RunFolder.create(folder, "toy")
        run_folder.config.write_text("recipe: toy")
        run_experiment(experiment, run_folder, config, progress=Progress(quiet=True))
    return state_of(gan)


straight = run(sys.argv[1] + "-straight", 8)
run(sys.argv[1] + "-stopped", 4)
resumed = run(sys.argv[1] + "-stopped", 8, resume=True)
results["changed by resuming"] = [mine.path for mine, other in zip(straight, resumed, strict=True)
                                  if not np.array_equal(mine.numpy(), other.numpy())]
json.dump(results, open(sys.argv[1], "w"))
"""


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    path = tmp_path_factory.mktemp("distribution") / "results.json"
    done = subprocess.run([sys.executable, "-c", SCRIPT, str(path)], capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(path.read_text())


pytestmark = pytest.mark.slow


def test_two_devices_take_part(results):
    assert results["devices"] == 2


def test_two_devices_take_the_same_steps_as_one(results):
    """Without noise and with plain SGD, the two half batches must give the gradient of the whole one."""
    for part in ("weights", "average"):
        np.testing.assert_allclose(results["sgd two"][part], results["sgd one"][part], rtol=1e-4, atol=1e-6)


def test_the_counters_agree(results):
    for system in ("sgd", "adam", "simultaneous"):
        assert results[f"{system} two"]["counters"] == results[f"{system} one"]["counters"]
    assert results["sgd two"]["counters"] == [12, 6, 0, 96]


def test_the_record_agrees(results):
    one, two = results["sgd one"]["report"], results["sgd two"]["report"]
    assert set(one) == set(two)
    for name in ("d_loss", "g_loss", "real_logit", "fake_logit"):
        assert two[name] == pytest.approx(one[name], rel=1e-3, abs=1e-5)


def test_everything_stays_finite_with_adam_penalty_and_batch_norm(results):
    for system in ("adam two", "simultaneous two"):
        assert np.all(np.isfinite(results[system]["weights"]))
        assert np.all(np.isfinite(list(results[system]["report"].values())))
        assert not np.allclose(results[system]["average"], results[system]["weights"][:len(results[system]["average"])])


def test_devices_draw_different_noise(results):
    first, second = results["draws"]
    assert not np.any(np.isclose(first, second))


def test_a_run_on_two_devices_resumes_exactly(results):
    assert results["changed by resuming"] == []
