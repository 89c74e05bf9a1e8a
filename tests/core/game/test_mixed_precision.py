"""The loop under 16-bit compute types."""

import keras
import numpy as np
import pytest

from gan_core.data.loader import ArraySource, Loader
from gan_core.errors import DivergedError
from gan_core.game.objective import Objective
from gan_core.losses import Wasserstein
from gan_core.progress import Progress
from gan_core.regularizers import GradientPenalty
from gan_core.run.config import RunConfig
from gan_core.run.experiment import Experiment, Phase, run_experiment
from gan_core.run.folder import RunFolder

LossScale = keras.optimizers.LossScaleOptimizer


@pytest.fixture
def make_mixed(make_gan, make_generator, make_discriminator):
    def make(kind, objective=None, **options):
        dtype = f"mixed_{kind}"
        return make_gan(objective, generator=make_generator(dtype=dtype), discriminators=make_discriminator(dtype=dtype),
                        **options)

    return make


def values(variables):
    return [variable.numpy() for variable in variables]


def changed(before, after):
    return [not np.array_equal(old, new) for old, new in zip(before, after, strict=True)]


@pytest.mark.parametrize(("kind", "wrapped"), [("float16", True), ("bfloat16", False)])
def test_both_optimizers_scale_their_loss_under_float16_only(make_mixed, kind, wrapped):
    gan = make_mixed(kind)
    assert [isinstance(gan.generator_optimizer, LossScale), isinstance(gan.discriminator_optimizer, LossScale)] == [wrapped] * 2


def test_one_half_precision_player_is_wrapped_alone(make_gan, make_discriminator):
    gan = make_gan(discriminators=make_discriminator(dtype="mixed_float16"))
    assert isinstance(gan.discriminator_optimizer, LossScale)
    assert not isinstance(gan.generator_optimizer, LossScale)


def test_an_optimizer_that_scales_already_is_not_wrapped_twice(make_mixed):
    gan = make_mixed("float16", optimizer=LossScale(keras.optimizers.SGD(0.1), initial_scale=64.0))
    assert not isinstance(gan.generator_optimizer.inner_optimizer, LossScale)
    assert float(gan.generator_optimizer.dynamic_scale) == 64.0


@pytest.mark.parametrize("graph", [False, True])
@pytest.mark.parametrize("kind", ["float16", "bfloat16"])
@pytest.mark.parametrize("objective", [None, Objective(Wasserstein(), regularizers=(GradientPenalty(10),))],
                         ids=["dcgan", "wgan_gp"])
def test_a_step_changes_every_weight_and_keeps_it_float32(make_mixed, points, kind, objective, graph):
    gan = make_mixed(kind, objective, compile={"run_eagerly": not graph})
    weights = [*gan.generator.trainable_weights, *gan.discriminators[0].trainable_weights]
    before = values(weights)
    gan.fit(points, batch_size=16, epochs=2, verbose=0)
    assert all(changed(before, values(weights)))
    assert {weight.dtype for weight in weights} == {"float32"}
    assert all(np.isfinite(value) for value in gan.running_means.reported().values())


def test_the_gradient_norm_is_reported_without_the_scale(make_mixed, points):
    norms = []
    for scale in (1.0, 1024.0):
        gan = make_mixed("float16", optimizer=LossScale(keras.optimizers.SGD(0.0), initial_scale=scale))
        gan.train_on_batch(points)
        norms.append(gan.running_means.reported()["d_gradient_norm"])
    assert norms[0] == pytest.approx(norms[1], rel=0.01)


@pytest.mark.parametrize("update", ["alternating", "simultaneous"])
def test_a_step_whose_gradient_overflows_is_skipped_and_halves_the_scale(make_mixed, points, update):
    gan = make_mixed("float16", optimizer=LossScale(keras.optimizers.SGD(0.1), initial_scale=2.0**40), update=update)
    weights = [*gan.generator.weights, *gan.discriminators[0].weights]
    before = values(weights)
    gan.train_on_batch(points)
    assert not any(changed(before, values(weights)))
    assert float(gan.discriminator_optimizer.dynamic_scale) == float(gan.generator_optimizer.dynamic_scale) == 2.0**39
    assert all(np.isfinite(value) for value in gan.running_means.reported().values())


def run(gan, data, folder, steps):
    loader = Loader(ArraySource({"real": data}), 8, shuffle=False)
    config = RunConfig(steps=steps, batch_size=8, log_every=1, checkpoint_every=steps)
    run_experiment(Experiment(gan, [Phase(loader, steps)]), RunFolder.create(folder, "toy"), config,
                   progress=Progress(quiet=True))


def test_overflowing_gradients_do_not_stop_a_run(make_mixed, points, tmp_path):
    gan = make_mixed("float16", optimizer=LossScale(keras.optimizers.SGD(0.1), initial_scale=2.0**22))
    weights = values(gan.generator.trainable_weights)
    run(gan, points, tmp_path / "run", 24)
    assert float(gan.discriminator_optimizer.dynamic_scale) < 2.0**22
    assert any(changed(weights, values(gan.generator.trainable_weights)))


def test_a_batch_beyond_float16_does_not_stop_a_run(make_mixed, points, tmp_path):
    points[8:16] = 1e6  # the second batch: infinite logits, and losses that are not finite
    gan = make_mixed("float16")
    run(gan, points, tmp_path / "run", 6)
    assert int(gan.discriminator_steps) == 6
    assert all(np.all(np.isfinite(weight)) for weight in values(gan.weights))


def test_the_same_batch_stops_a_run_in_float32(make_gan, points, tmp_path):
    points[8:16] = np.inf
    with pytest.raises(DivergedError, match="is no longer finite at step 2"):
        run(make_gan(), points, tmp_path / "run", 6)
