"""Every system of the project as a toy of the same GAN class: all losses finite, every weight of both players learns."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from gan_core.augment import AdaptiveAugment, DiffAugment
from gan_core.auxiliary import FeatureMatching, Reconstruction
from gan_core.constraints import WeightClipping
from gan_core.data.loader import ArraySource, Loader
from gan_core.game.batch import OneHot
from gan_core.game.gan import GAN
from gan_core.game.latent import NoLatent, Normal
from gan_core.game.mismatched_pairs import ShuffledCondition, SuppliedSamples
from gan_core.game.objective import Objective
from gan_core.game.schedules import wgan_warmup
from gan_core.losses import LeastSquares, NonSaturating, Relativistic, RelativisticAverage, Wasserstein
from gan_core.progress import Progress
from gan_core.regularizers import R1, Drift, GradientPenalty, Lazy
from gan_core.run.config import RunConfig
from gan_core.run.experiment import Experiment, run_experiment
from gan_core.run.folder import RunFolder

L = keras.layers
ADAM = keras.optimizers.Adam(2e-3, 0.5)
RMSPROP = keras.optimizers.RMSprop(1e-3)
BATCH, STEPS = 4, 4


# ---------------------------------------------------------------------- toy networks


def image_generator(conditions=()):
    """(4,) and conditions to 8x8x1, with batch normalisation."""
    inputs = [keras.Input((4,), name="latent"), *(keras.Input((size,), name=name) for name, size in conditions)]
    x = L.Concatenate()(inputs) if conditions else inputs[0]
    x = L.Reshape((4, 4, 4))(L.Dense(64)(x))
    x = L.ReLU()(L.BatchNormalization()(L.Conv2DTranspose(4, 4, 2, "same", use_bias=False)(x)))
    return keras.Model(inputs, L.Conv2D(1, 3, padding="same", activation="tanh")(x))


def image_discriminator(conditions=(), *, batch_norm=False, features=False, scale=0, source=False):
    """8x8x1 (and a source picture, and vectors) to a map of logits; `scale` halves the pictures first."""
    sample = keras.Input((8, 8, 1), name="sample")
    inputs = [sample, *([keras.Input((8, 8, 1), name="source")] if source else []),
              *(keras.Input((size,), name=name) for name, size in conditions)]
    planes = inputs[:2] if source else [sample]
    planes += [L.Reshape((8, 8, 1))(L.Dense(64)(vector)) for vector in inputs[len(planes):]]
    x = L.Concatenate()(planes) if len(planes) > 1 else sample
    for _ in range(scale):
        x = L.AveragePooling2D(2)(x)
    hidden = L.LeakyReLU(0.2)(L.Conv2D(4, 3, padding="same")(x))
    x = L.Conv2D(4, 3, 2, "same", use_bias=not batch_norm)(hidden)
    x = L.LeakyReLU(0.2)(L.BatchNormalization()(x) if batch_norm else x)
    logits = L.Conv2D(1, 3, padding="same", use_bias=False)(x)
    return keras.Model(inputs, {"logits": logits, "features": [hidden, x]} if features else logits)


def translator():
    """8x8x1 source to 8x8x1, with dropout for noise."""
    source = keras.Input((8, 8, 1), name="source")
    x = L.Dropout(0.5)(L.LeakyReLU(0.2)(L.Conv2D(4, 3, 2, "same")(source)))
    return keras.Model(source, L.Conv2DTranspose(1, 4, 2, "same", activation="tanh")(x))


def enhancer():
    """A noisy wave (32, 1) and a latent of the bottleneck's shape (8, 2) to a clean wave."""
    noisy, latent = keras.Input((32, 1), name="noisy"), keras.Input((8, 2), name="latent")
    x = L.PReLU(shared_axes=[1])(L.Conv1D(4, 5, 4, "same")(noisy))
    x = L.Concatenate()([x, latent])
    return keras.Model([noisy, latent], L.Conv1DTranspose(1, 5, 4, "same", activation="tanh")(x))


def pair_of_waves_discriminator():
    sample, noisy = keras.Input((32, 1), name="sample"), keras.Input((32, 1), name="noisy")
    x = L.Conv1D(4, 5, 4, "same", use_bias=False)(L.Concatenate()([sample, noisy]))
    x = L.LeakyReLU(0.3)(L.BatchNormalization()(x))
    return keras.Model([sample, noisy], L.Dense(1)(L.Flatten()(x)))


def text_generator(length=6, vocabulary=5):
    latent = keras.Input((4,), name="latent")
    x = L.Reshape((length, 4))(L.Dense(length * 4)(latent))
    return keras.Model(latent, L.Softmax()(L.Conv1D(vocabulary, 3, padding="same")(L.LeakyReLU(0.2)(x))))


def text_critic(length=6, vocabulary=5):
    sample = keras.Input((length, vocabulary), name="sample")
    x = L.LeakyReLU(0.2)(L.Conv1D(4, 3, padding="same")(sample))
    return keras.Model(sample, L.Dense(1, use_bias=False)(L.Flatten()(x)))


# ---------------------------------------------------------------------- toy data

RNG = np.random.default_rng(0)
IMAGES = RNG.uniform(-1, 1, (16, 8, 8, 1)).astype("float32")
LABELS = np.eye(3, dtype="float32")[np.arange(16) % 3]
WAVES = RNG.uniform(-1, 1, (16, 32, 1)).astype("float32")
PLAIN = {"real": IMAGES}
LABELLED = {"real": IMAGES, "label": LABELS}
TRANSLATED = {"real": IMAGES, "source": -IMAGES}

SYSTEMS = {
    "dcgan": lambda: (PLAIN, ADAM, GAN(
        image_generator(), image_discriminator(batch_norm=True), Objective(NonSaturating()), Normal(4), ema=0.99)),
    "ada": lambda: (PLAIN, ADAM, GAN(
        image_generator(), image_discriminator(), Objective(NonSaturating()), Normal(4), ema=0.99,
        update="simultaneous", augment=AdaptiveAugment("keras_example", target=0.5, steps=4))),
    "wgan": lambda: (PLAIN, RMSPROP, GAN(
        image_generator(), image_discriminator(), Objective(Wasserstein(), constraints=(WeightClipping(0.05),)),
        Normal(4), n_critic=wgan_warmup(1, 2, first=1))),
    "wgan_gp with drift": lambda: (PLAIN, ADAM, GAN(
        image_generator(), image_discriminator(),
        Objective(Wasserstein(), regularizers=(GradientPenalty(10), Drift(0.001))), Normal(4), n_critic=2)),
    "lazy r1 with diffaugment": lambda: (PLAIN, ADAM, GAN(
        image_generator(), image_discriminator(),
        Objective(NonSaturating(), regularizers=(Lazy(R1(10), every=2),)), Normal(4), augment=DiffAugment())),
    "relativistic average": lambda: (PLAIN, ADAM, GAN(
        image_generator(), image_discriminator(), Objective(RelativisticAverage()), Normal(4))),
    "relativistic pairs": lambda: (PLAIN, ADAM, GAN(
        image_generator(), image_discriminator(), Objective(Relativistic()), Normal(4))),
    "conditional": lambda: (LABELLED, ADAM, GAN(
        image_generator([("label", 3)]), image_discriminator([("label", 3)]), Objective(NonSaturating()), Normal(4))),
    "gan_cls": lambda: (LABELLED, ADAM, GAN(
        image_generator([("label", 3)]), image_discriminator([("label", 3)]),
        Objective(NonSaturating(), mismatched=ShuffledCondition()), Normal(4))),
    "gan_cls with supplied samples": lambda: ({**LABELLED, "mismatched": IMAGES[::-1].copy()}, ADAM, GAN(
        image_generator([("label", 3)]), image_discriminator([("label", 3)]),
        Objective(NonSaturating(), mismatched=SuppliedSamples()), Normal(4))),
    "pix2pix": lambda: (TRANSLATED, ADAM, GAN(
        translator(), image_discriminator(source=True, batch_norm=True),
        Objective(NonSaturating(), auxiliary=(Reconstruction(100),)), NoLatent())),
    "pix2pix_hd": lambda: (TRANSLATED, ADAM, GAN(
        translator(), [image_discriminator(source=True, features=True, scale=k) for k in (0, 1, 2)],
        Objective(LeastSquares(), auxiliary=(FeatureMatching(10),)), NoLatent())),
    "segan": lambda: ({"real": WAVES, "noisy": -WAVES}, RMSPROP, GAN(
        enhancer(), pair_of_waves_discriminator(), Objective(LeastSquares(), auxiliary=(Reconstruction(100),)),
        Normal((8, 2)))),
    "text": lambda: ({"real": RNG.integers(0, 5, (16, 6))}, ADAM, GAN(
        text_generator(), text_critic(), Objective(Wasserstein(), regularizers=(GradientPenalty(10),)), Normal(4),
        n_critic=2, prepare=OneHot(5))),
}


@pytest.mark.slow
@pytest.mark.parametrize("system", SYSTEMS)
def test_the_loop_trains(system):
    keras.utils.set_random_seed(0)
    arrays, optimizer, gan = SYSTEMS[system]()
    gan.compile(optimizer, optimizer)
    learned = [*gan.generator.trainable_variables, *gan.discriminator_variables]
    before = [variable.numpy() for variable in learned]
    data = Loader(ArraySource(arrays), BATCH).dataset(steps=STEPS)
    history = gan.fit(data, steps_per_epoch=STEPS, shuffle=False, verbose=0).history
    assert all(np.isfinite(value).all() for value in history.values())
    assert [v.path for v, old in zip(learned, before, strict=True) if np.array_equal(old, v.numpy())] == []
    assert all(np.all(np.isfinite(variable.numpy())) for variable in gan.variables)
    condition = {name: array[:3] for name, array in arrays.items() if name in ("label", "source", "noisy")}
    assert np.all(np.isfinite(gan.generate(condition, 3)))


def test_gan_cls_starts_from_two_ln_two():
    arrays, _, gan = SYSTEMS["gan_cls"]()
    gan.compile(ADAM, ADAM, run_eagerly=True)
    gan.discriminators[0].layers[-1].kernel.assign(tf.zeros_like(gan.discriminators[0].layers[-1].kernel))
    gan.train_on_batch(arrays)
    assert gan.running_means.reported()["d_loss"] == pytest.approx(2 * np.log(2), rel=1e-6)


# ---------------------------------------------------------------------- growing


@pytest.mark.slow
def test_the_same_loop_grows_networks_in_phases(tmp_path, growing_networks, growing_phases):
    gan = GAN(*growing_networks(), Objective(Wasserstein(), regularizers=(GradientPenalty(10), Drift(0.001))),
              Normal(4), ema=0.9)
    gan.compile(ADAM, ADAM)
    loaders = [Loader(ArraySource({"real": IMAGES[:, ::step, ::step]}), BATCH) for step in (2, 1)]
    states = []

    class Watch(keras.callbacks.Callback):
        def note(self):
            states.append(([*map(np.copy, gan.generator.get_weights()), *map(np.copy, gan.discriminators[0].get_weights())],
                           int(gan.generator_optimizer.iterations)))

        def on_train_begin(self, logs=None):
            self.note()

        def on_train_end(self, logs=None):
            self.note()

    phases = growing_phases(gan, loaders, (3, 3), ADAM, callbacks=[Watch()])
    late = {v.path for network in (gan.generator, *gan.discriminators) for layer in network.late for v in layer.weights}
    paths = [v.path for network in (gan.generator, *gan.discriminators) for v in network.weights]
    config = RunConfig(steps=6, batch_size=BATCH, log_every=1, checkpoint_every=6)
    run_experiment(Experiment(gan, phases), RunFolder.create(tmp_path / "run", "grow"), config,
                   progress=Progress(quiet=True))
    moved = [{path for path, old, new in zip(paths, before, after, strict=True) if not np.array_equal(old, new)}
             for (before, _), (after, _) in (states[:2], states[2:])]
    alpha = {path for path in paths if path.endswith("alpha")}
    assert moved[0] == set(paths) - late - alpha  # what has not grown yet does not learn
    assert moved[1] == set(paths)
    assert [iterations for _, iterations in states] == [0, 3, 0, 3]  # fresh moments in every phase
    assert gan.generate(count=2).shape == (2, 8, 8, 1)
