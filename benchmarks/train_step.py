"""The train step through `fit`, and samples, against bare hand-written TensorFlow of the same game."""

from __future__ import annotations

import dataclasses

import keras
import numpy as np
import tensorflow as tf
from timing import Row, in_processes, in_turn, loader_row, step_row

import gan_core as core
from gan_vision import data
from gan_vision.models import NETWORKS


@dataclasses.dataclass(frozen=True)
class Case:
    """A pair of networks and the size of a step."""

    network: str
    size: int
    channels: int
    batch: int
    latent: int = 64
    options: dict = dataclasses.field(default_factory=dict)

    @property
    def value_range(self) -> tuple[float, float]:
        """Of the generator."""
        return NETWORKS[self.network].value_range

    def networks(self, seed: int = 0):
        """The generator and the discriminator."""
        keras.utils.set_random_seed(seed)
        pair = NETWORKS[self.network]
        return (pair.build_generator(self.size, self.channels, latent=self.latent, **self.options),
                pair.build_discriminator(self.size, self.channels, **self.options))

    def examples(self, count: int = 512):
        """Noise pictures: their content does not change the cost."""
        shape = (count, self.size, self.size, self.channels)
        noise = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
        return data.Examples.of_images(noise, name="noise")

    def loader(self):
        """Batches of bytes."""
        return self.examples().loader(self.batch, seed=0)

    def gan(self):
        """The simultaneous game with an averaged generator."""
        gan = core.GAN(*self.networks(), core.Objective(core.NonSaturating()), core.Normal(self.latent), ema=0.99,
                       update="simultaneous", prepare=self.examples(1).prepare(self.value_range))
        gan.compile(*optimizers())
        return gan


ADA = Case("ada", 64, 3, 32)
SMALL = Case("cifar10", 16, 1, 64, options={"width": 128})


def optimizers():
    """Adam as the recipes have it."""
    return keras.optimizers.Adam(2e-4, 0.5), keras.optimizers.Adam(2e-4, 0.5)


def bare_step(case: Case):
    """The simultaneous update with an averaged generator, written by hand; returns (batch) -> both losses."""
    generator, discriminator = case.networks()
    average = keras.models.clone_model(generator)
    average.set_weights(generator.get_weights())
    g_optimizer, d_optimizer = optimizers()
    g_optimizer.build(generator.trainable_variables)
    d_optimizer.build(discriminator.trainable_variables)
    step_number = tf.Variable(0, dtype=tf.int64)

    @tf.function(jit_compile=False)
    def step(real):
        z = tf.random.stateless_normal((case.batch, case.latent), tf.stack([tf.constant(7, tf.int64), step_number]))
        with tf.GradientTape(persistent=True) as tape:
            fake = generator(z, training=True)
            r, f = discriminator(real, training=True), discriminator(fake, training=True)
            r, f = tf.cast(r, tf.float32), tf.cast(f, tf.float32)
            d_loss = tf.reduce_mean(tf.nn.softplus(-r)) + tf.reduce_mean(tf.nn.softplus(f))
            g_loss = tf.reduce_mean(tf.nn.softplus(-f))
        d_gradients = tape.gradient(d_loss, discriminator.trainable_variables)
        g_gradients = tape.gradient(g_loss, generator.trainable_variables)
        g_optimizer.apply(g_gradients, generator.trainable_variables)
        d_optimizer.apply(d_gradients, discriminator.trainable_variables)
        for ours, theirs in zip(average.weights, generator.weights, strict=True):
            ours.assign(ours * 0.99 + theirs * 0.01)
        step_number.assign_add(1)
        return d_loss, g_loss

    return step


def step_times(case: Case, steps: int, repetitions: int) -> dict[str, np.ndarray]:
    """Seconds per step by hand and through `fit`."""
    loader, step, gan = case.loader(), bare_step(case), case.gan()
    batch = gan.prepare(next(iter(loader.dataset(0, 1))), None)["real"]

    def bare():
        for _ in range(steps):
            losses = step(batch)
        return [float(loss) for loss in losses]

    def fit():
        gan.fit(loader.dataset(0, steps), steps_per_epoch=steps, verbose=0, shuffle=False)

    return in_turn({"bare": bare, "fit": fit}, steps=steps, repetitions=repetitions)


def sampling_times(case: Case, count: int, repetitions: int) -> dict[str, np.ndarray]:
    """Seconds per picture of `generate`, and of a loop over one traced graph, written by hand."""
    gan = case.gan()
    forward = tf.function(lambda z: gan.averaged_generator(z, training=False))

    def bare():
        z = tf.random.stateless_normal((count, case.latent), (0, 1))
        return np.concatenate([forward(z[start:start + 64]).numpy() for start in range(0, count, 64)])

    return in_turn({"bare": bare, "generate": lambda: gan.generate(count=count)}, steps=count, repetitions=repetitions)


def memory_growth(steps: int = 2000) -> float:
    """Growth of the resident set in MB per 100 steps of a tiny GAN, after a warm-up."""
    import psutil

    keras.utils.set_random_seed(0)
    pair = NETWORKS["cifar10"]
    pictures = data.Examples.of_images(np.zeros((256, 8, 8, 1), np.uint8), name="blank")
    gan = core.GAN(pair.build_generator(8, 1, width=16, latent=8), pair.build_discriminator(8, 1, width=16),
                   core.Objective(core.NonSaturating()), core.Normal(8), ema=0.99, prepare=pictures.prepare((-1, 1)))
    gan.compile(*optimizers())
    loader = pictures.loader(32, seed=0)
    gan.fit(loader.dataset(0, 500), steps_per_epoch=500, verbose=0, shuffle=False)
    before = psutil.Process().memory_info().rss
    gan.fit(loader.dataset(500, steps), steps_per_epoch=steps, verbose=0, shuffle=False)
    return (psutil.Process().memory_info().rss - before) / 1e6 / (steps / 100)


def precision_times(steps: int, repetitions: int) -> dict[str, np.ndarray]:
    """Seconds per step of `fit` in float32 and under mixed bfloat16."""
    loader = ADA.loader()

    def fitting(policy):
        keras.config.set_dtype_policy(policy)
        try:
            gan = ADA.gan()
        finally:
            keras.config.set_dtype_policy("float32")
        return lambda: gan.fit(loader.dataset(0, steps), steps_per_epoch=steps, verbose=0, shuffle=False)

    return in_turn({"float32": fitting("float32"), "bfloat16": fitting("mixed_bfloat16")}, steps=steps,
                   repetitions=repetitions)


def rows(quick: bool = False) -> list[Row]:
    """(what, measured, promised) of this file."""
    steps, repetitions = (6, 2) if quick else (30, 15)
    found = [step_row("`ada` step, 64 px, batch 32", step_times(ADA, steps, repetitions), promised="at most 1.03"),
             # more of the short steps: what a call of `fit` costs once, some 50 ms, is not what is asked here
             step_row("step of small networks, 16 px gray, batch 64",
                      *in_processes(step_times, SMALL, 5 * steps, repetitions, count=2 if quick else 5),
                      promised="at most 1.10")]
    times = sampling_times(SMALL, 1000, repetitions)
    ratio = np.median(times["generate"]) / np.median(times["bare"])
    found.append(("1,000 pictures of 16 px: `generate` / a traced loop by hand",
                  f"{ratio:.2f} ({np.median(times['generate']) * 1e6:.0f} microseconds a picture)", "at most 1.1"))
    times = precision_times(steps, 2 if quick else 9)
    full, half = (float(np.median(times[name])) for name in ("float32", "bfloat16"))
    found.append(("the `ada` step: float32 / bfloat16", f"{full / half:.2f} ({full * 1e3:.0f} ms, {half * 1e3:.0f} ms)",
                  "at least 1.3 with AVX512-BF16"))
    found.append(loader_row("`ada`", ADA.gan(), ADA.loader(), 20))
    found.append(("memory growth over 2,000 steps, MB per 100 steps", f"{memory_growth(500 if quick else 2000):.2f}",
                  "flat (below 1)"))
    return found
