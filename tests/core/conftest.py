"""Toy players: small enough that a step costs milliseconds, with the parts that make steps go wrong."""

import keras
import numpy as np
import pytest

from gan_core.game.gan import GAN
from gan_core.game.latent import Normal
from gan_core.game.objective import Objective
from gan_core.losses import NonSaturating
from gan_core.metrics.extractors.base import Extractor
from gan_core.run.experiment import Phase


def build_generator(shape=(2,), *, latent=3, conditions=(), width=8, batch_norm=False, dropout=0.0, dtype="float32"):
    """A perceptron from "latent" (3,) and conditions (name, width) to samples of `shape`, float32."""
    inputs = [keras.Input((latent,), name="latent")] if latent else []
    inputs += [keras.Input((size,), name=name) for name, size in conditions]
    x = keras.layers.Concatenate()(inputs) if len(inputs) > 1 else inputs[0]
    x = keras.layers.Dense(width, use_bias=not batch_norm, dtype=dtype)(x)
    if batch_norm:
        x = keras.layers.BatchNormalization(dtype=dtype)(x)
    x = keras.layers.LeakyReLU(0.2, dtype=dtype)(x)
    if dropout:
        x = keras.layers.Dropout(dropout, dtype=dtype)(x)
    x = keras.layers.Dense(int(np.prod(shape)), dtype=dtype)(x)
    x = keras.layers.Reshape(shape, dtype="float32")(x)
    return keras.Model(inputs, x, name="generator")


def build_discriminator(shape=(2,), *, conditions=(), width=8, features=False, dropout=0.0, dtype="float32",
                        name="discriminator"):
    """A perceptron from "sample" and conditions to one logit; the last layer has no bias, which a critic cannot learn."""
    sample = keras.Input(shape, name="sample")
    inputs = [sample, *(keras.Input((size,), name=key) for key, size in conditions)]
    x = keras.layers.Concatenate()([keras.layers.Flatten()(sample), *inputs[1:]])
    hidden = keras.layers.LeakyReLU(0.2, dtype=dtype)(keras.layers.Dense(width, dtype=dtype)(x))
    x = keras.layers.Dropout(dropout, dtype=dtype)(hidden) if dropout else hidden
    logits = keras.layers.Dense(1, use_bias=False, dtype="float32")(x)
    return keras.Model(inputs, {"logits": logits, "features": [hidden]} if features else logits, name=name)


def doubled(images):
    """Each pixel twice in both directions."""
    return keras.ops.repeat(keras.ops.repeat(images, 2, 1), 2, 2)


class Growing(keras.Model):
    """A network of two levels; `alpha` fades the second one in. Only layers of levels reached run and learn."""

    def __init__(self):
        super().__init__()
        self.alpha = self.add_weight((), "ones", trainable=False, name="alpha")
        self.level = 0

    def build_layers(self, layers):
        for layer, shape in layers:
            layer.build((None, *shape))
        self.built = True
        self.grow(0)

    def grow(self, level):
        self.level = level
        self.alpha.assign(1.0 - level)

    def reached(self):
        """The variables of the layers that run."""
        late = {id(variable) for layer in self.late for variable in layer.trainable_variables}
        return [variable for variable in self.trainable_variables if self.level == 1 or id(variable) not in late]

    def get_config(self):
        return {}


class GrowingGenerator(Growing):
    """(4,) to 4x4x1 at level 0, 8x8x1 at level 1."""

    input_names = ("latent",)

    def __init__(self):
        super().__init__()
        self.first, self.second = keras.layers.Dense(64), keras.layers.Conv2D(4, 3, padding="same")
        self.heads = [keras.layers.Conv2D(1, 1), keras.layers.Conv2D(1, 1)]
        self.late = [self.second, self.heads[1]]
        self.build_layers([(self.first, (4,)), *((layer, (8, 8, 4)) for layer in (self.second, *self.heads))])

    def call(self, latent, training=False):
        x = keras.ops.reshape(self.first(latent), (-1, 4, 4, 4))
        small = keras.ops.tanh(self.heads[0](x))
        if self.level == 0:
            return small
        large = keras.ops.tanh(self.heads[1](keras.ops.leaky_relu(self.second(doubled(x)))))
        return doubled(small) * (1 - self.alpha) + large * self.alpha


class GrowingDiscriminator(Growing):
    """The mirror image."""

    input_names = ("sample",)

    def __init__(self):
        super().__init__()
        self.entries = [keras.layers.Conv2D(4, 1), keras.layers.Conv2D(4, 1)]
        self.second, self.last = keras.layers.Conv2D(4, 3, 2, "same"), keras.layers.Dense(1, use_bias=False)
        self.late = [self.second, self.entries[1]]
        self.build_layers([(self.last, (64,)), (self.second, (8, 8, 4)), *((layer, (8, 8, 1)) for layer in self.entries)])

    def call(self, sample, training=False):
        if self.level == 0:
            x = keras.ops.leaky_relu(self.entries[0](sample))
        else:
            small = keras.ops.leaky_relu(self.entries[0](sample[:, ::2, ::2]))
            large = keras.ops.leaky_relu(self.second(keras.ops.leaky_relu(self.entries[1](sample))))
            x = small * (1 - self.alpha) + large * self.alpha
        return self.last(keras.ops.reshape(x, (-1, 64)))


class FadeIn(keras.callbacks.Callback):
    """`alpha` rises from 0 to 1 over `steps` discriminator steps from `start` on: a function of the counter alone."""

    def __init__(self, networks, start, steps):
        super().__init__()
        self.networks, self.start, self.steps = networks, start, steps

    def on_train_batch_begin(self, batch, logs=None):
        done = int(self.model.discriminator_steps) - self.start
        for network in self.networks:
            network.alpha.assign(min(1.0, done / self.steps))


@pytest.fixture
def growing_phases():
    """(gan, loaders of both levels, steps of each, optimizer) -> two phases; the second fades in over its first steps."""

    def make(gan, loaders, steps, optimizer, callbacks=()):
        networks = [gan.generator, gan.averaged_generator, *gan.discriminators]

        def grow_to(level):
            def start(gan):
                for network in networks:
                    network.grow(level)
                gan.compile(optimizer, optimizer, generator_learns=lambda network: network.reached(),
                            discriminators_learn=lambda networks: networks[0].reached())

            return start

        fade = FadeIn([gan.generator, *gan.discriminators], steps[0], max(steps[1] - 1, 1))
        return [Phase(loaders[0], steps[0], start=grow_to(0), callbacks=callbacks),
                Phase(loaders[1], steps[1], start=grow_to(1), callbacks=[fade, *callbacks])]

    return make


@pytest.fixture
def growing_networks():
    """A generator and a discriminator of two levels, with reproducible weights."""

    def make():
        keras.utils.set_random_seed(1)
        return GrowingGenerator(), GrowingDiscriminator()

    return make


@pytest.fixture
def make_generator():
    """build_generator, with reproducible weights."""
    keras.utils.set_random_seed(1)
    return build_generator


@pytest.fixture
def make_discriminator():
    """build_discriminator, with reproducible weights."""
    keras.utils.set_random_seed(1)
    return build_discriminator


@pytest.fixture
def make_gan():
    """(objective, generator=, discriminators=, optimizer=, compile=, GAN options) -> a compiled toy GAN that runs eagerly."""

    def make(objective=None, *, generator=None, discriminators=None, optimizer=None, compile=None, **options):
        keras.utils.set_random_seed(1)
        gan = GAN(generator or build_generator(), discriminators or build_discriminator(),
                  objective or Objective(NonSaturating()), options.pop("latent", Normal(3)), **options)
        optimizer = optimizer or keras.optimizers.Adam(0.01, 0.5)
        gan.compile(optimizer, optimizer, **{"run_eagerly": True, **(compile or {})})
        return gan

    return make


@pytest.fixture
def points():
    """64 real samples (64, 2)."""
    return np.random.default_rng(0).normal(1.0, 0.5, (64, 2)).astype("float32")


# ---------------------------------------------------------------------- images for metrics and forensics


def draw_digits_like(count: int, seed: int) -> np.ndarray:
    """Pixels with the distribution of handwritten digits: 80.9 % exactly 0, a second mode near white; 8 bits over 256."""
    rng = np.random.default_rng(seed)
    shape = (count, 28, 28)
    ink = np.where(rng.random(shape) < 0.40, rng.integers(250, 256, shape), rng.integers(1, 250, shape))
    return np.where(rng.random(shape) < 0.809, 0, ink) / 256


@pytest.fixture(scope="session")
def digits_like() -> np.ndarray:
    return draw_digits_like(300, seed=1)


@pytest.fixture(scope="session")
def other_digits_like() -> np.ndarray:
    return draw_digits_like(200, seed=2)


@pytest.fixture(scope="session")
def sigmoid_fakes() -> np.ndarray:
    """The same two modes as a saturating sigmoid would put them out: near the ends, never on them."""
    rng = np.random.default_rng(3)
    shape = (300, 28, 28)
    black = rng.random(shape) < 0.809
    logits = np.where(black, rng.normal(-9, 1.5, shape), rng.normal(2, 3, shape))
    return 1 / (1 + np.exp(-logits))


class Blocks(Extractor):
    """Means of 3x3 blocks of pixels, in tens of grey levels; classes by the brightest quarter if asked."""

    name, hash = "blocks", "0123456789abcdef"

    def __init__(self, classifier=False):
        self.classifier, self.calls = classifier, 0

    def batch(self, images):
        self.calls += 1
        count, height, width, _ = images.shape
        means = images.reshape(count, height // 3, 3, width // 3, 3, -1).mean(axis=(2, 4, 5))
        return (means.reshape(count, -1) / 10).astype(np.float32)

    @property
    def is_classifier(self):
        return self.classifier

    def logits(self, images):
        features = self.batch(images)
        self.calls -= 1
        return features[:, :4] if self.classifier else None


def noise(count, seed, shift=0, size=12):
    """uint8 (count, size, size, 1): independent blocks of 3x3 pixels around 120 + shift."""
    draw = np.random.default_rng(seed)
    blocks = np.repeat(np.repeat(draw.normal(120 + shift, 30, (count, size // 3, size // 3, 1)), 3, 1), 3, 2)
    return np.clip(blocks + draw.normal(0, 5, (count, size, size, 1)), 0, 255).astype(np.uint8)


@pytest.fixture
def blocks():
    return Blocks()


@pytest.fixture
def block_classifier():
    return Blocks(classifier=True)


@pytest.fixture
def make_images():
    return noise
