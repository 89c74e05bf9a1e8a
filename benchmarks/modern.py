"""Growing and modern image GANs: the cost of ProGAN's levels, R3GAN's step through `fit`, grouped convolutions."""

from __future__ import annotations

from collections.abc import Callable

import keras
import numpy as np
import tensorflow as tf
from timing import Row, in_turn, step_row

import gan_core as core
from gan_vision import data
from gan_vision.layers import GroupedConv2D
from gan_vision.models import r3gan
from gan_vision.recipes import RECIPES

LEVELS = {4: 1 / 20, 8: 1 / 8, 16: 1 / 3, 32: 2 / 3, 64: 1.0}  # at most this share of the step at 64 pixels
MORE = {4: 20, 8: 10, 16: 4, 32: 1, 64: 1}  # steps for one of the slowest
BATCH, GAMMA = 32, 0.5


def level_times(steps: int, repetitions: int) -> dict[str, np.ndarray]:
    """Seconds per step of ProGAN at each level, batches of 16, widths 4096 / 128."""
    recipe, runs = RECIPES["progan"], {}
    for size in LEVELS:
        config = recipe.settings(given={
            "data": "npy:noise", "size": 64, "start_size": size, "channels": 3, "fmap_base": 4096, "fmap_max": 128,
            "batch_size": 16, "stable_kimg": 100.0, "fade_kimg": 1.0, "kimg": 1000.0})
        keras.utils.set_random_seed(0)
        experiment = recipe.build(config, *recipe.placeholder(config))
        phase, gan = experiment.phases[0], experiment.gan
        phase.start(gan)
        gan.make_train_function()

        def run(gan=gan, phase=phase, count=MORE[size]):
            batches = iter(phase.data.dataset(0, count * steps))
            for _ in range(count * steps):
                gan.train_function(batches)
            gan.running_means.total.numpy()

        runs[str(size)] = run
    times = in_turn(runs, steps=steps, repetitions=repetitions)
    return {name: values / MORE[int(name)] for name, values in times.items()}


def r3gan_networks():
    """Those of the preset "small-colour"."""
    keras.utils.set_random_seed(0)
    options = {"width": RECIPES["r3gan"].presets["small-colour"]["widths"], "blocks": 1}
    return r3gan.build_generator(32, 3, **options), r3gan.build_discriminator(32, 3, **options)


def bare_r3gan_step(learning_rate: float):
    """The relativistic game in pairs with R1 and R2, written by hand."""
    generator, discriminator = r3gan_networks()
    average = keras.models.clone_model(generator)
    average.set_weights(generator.get_weights())
    optimizers = [keras.optimizers.Adam(learning_rate, 0.0, 0.99) for _ in range(2)]
    for optimizer, network in zip(optimizers, (generator, discriminator), strict=True):
        optimizer.build(network.trainable_variables)
    number = tf.Variable(0, dtype=tf.int64)

    def noise(purpose):
        return tf.random.stateless_normal((BATCH, 64), tf.stack([tf.constant(purpose, tf.int64), number]))

    def penalty(x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            score = tf.reduce_sum(discriminator(x, training=True))
        return GAMMA / 2 * tf.reduce_mean(tf.reduce_sum(tape.gradient(score, x) ** 2, (1, 2, 3)))

    @tf.function(jit_compile=False)
    def step(real):
        fake = generator(noise(1), training=True)
        with tf.GradientTape() as tape:
            margin = discriminator(real, training=True) - discriminator(fake, training=True)
            d_loss = tf.reduce_mean(tf.nn.softplus(-margin)) + penalty(real) + penalty(fake)
        optimizers[1].apply(tape.gradient(d_loss, discriminator.trainable_variables), discriminator.trainable_variables)
        with tf.GradientTape() as tape:
            margin = discriminator(real, training=True) - discriminator(generator(noise(2), training=True),
                                                                        training=True)
            g_loss = tf.reduce_mean(tf.nn.softplus(margin))
        optimizers[0].apply(tape.gradient(g_loss, generator.trainable_variables), generator.trainable_variables)
        for ours, theirs in zip(average.weights, generator.weights, strict=True):
            ours.assign(ours * 0.999 + theirs * 0.001)
        number.assign_add(1)
        return d_loss, g_loss

    return step


def r3gan_times(steps: int, repetitions: int) -> dict[str, np.ndarray]:
    """Seconds per step by hand and through `fit`."""
    noise = np.random.default_rng(0).integers(0, 256, (128, 32, 32, 3), dtype=np.uint8)
    examples = data.Examples.of_images(noise, name="noise")
    loader = examples.loader(BATCH, seed=0)
    game = core.Objective(core.Relativistic(), regularizers=(core.R1(GAMMA), core.R2(GAMMA)))
    gan = core.GAN(*r3gan_networks(), game, core.Normal(64), ema=0.999, prepare=examples.prepare((-1, 1)))
    gan.compile(keras.optimizers.Adam(1e-4, 0.0, 0.99), keras.optimizers.Adam(1e-4, 0.0, 0.99))
    step, batch = bare_r3gan_step(1e-4), gan.prepare(next(iter(loader.dataset(0, 1))), None)["real"]

    def bare():
        for _ in range(steps):
            losses = step(batch)
        return [float(loss) for loss in losses]

    def fit():
        gan.fit(loader.dataset(0, steps), steps_per_epoch=steps, verbose=0, shuffle=False)

    return in_turn({"bare": bare, "fit": fit}, steps=steps, repetitions=repetitions)


def penalised(convolution: Callable, kernel):
    """The gradient of a gradient penalty through two convolutions, by their kernel."""
    @tf.function(jit_compile=False)
    def step(x):
        with tf.GradientTape() as outer:
            with tf.GradientTape() as inner:
                inner.watch(x)
                score = tf.reduce_sum(tf.nn.leaky_relu(convolution(tf.nn.leaky_relu(convolution(x)))))
            penalty = tf.reduce_sum(inner.gradient(score, x) ** 2)
        return outer.gradient(penalty, kernel)

    return step


def grouped_times(size: int, width: int, repetitions: int) -> dict[str, np.ndarray]:
    """Seconds of a gradient penalty through two grouped convolutions, batch 32, groups of 16 channels."""
    groups, x = width // 16, tf.random.normal((BATCH, size, size, width), seed=1)
    layer = GroupedConv2D(width, 3, padding="same", groups=groups, use_bias=False)
    kerass = keras.layers.Conv2D(width, 3, padding="same", groups=groups, use_bias=False)
    for each in (layer, kerass):
        each.build(x.shape)
    kernel = layer.kernel.value
    blocks = tf.constant(np.kron(np.eye(groups), np.ones((16, 16)))[None, None], tf.float32)

    def apart(x):
        return tf.concat([tf.nn.conv2d(part, each, 1, "SAME") for part, each in zip(
            tf.split(x, groups, -1), tf.split(kernel, groups, -1), strict=True)], -1)

    def dense(x):
        return tf.nn.conv2d(x, tf.tile(kernel, (1, 1, groups, 1)) * blocks, 1, "SAME")

    functions = {"GroupedConv2D": penalised(layer, kernel), "one convolution per group": penalised(apart, kernel),
                 "dense kernel in blocks": penalised(dense, kernel), "Keras": penalised(kerass, kerass.kernel.value)}
    runs: dict[str, Callable] = {name: lambda function=function: function(x).numpy()
                                 for name, function in functions.items()}
    return in_turn(runs, steps=1, repetitions=repetitions)


def rows(quick: bool = False) -> list[Row]:
    """(what, measured, promised) of this file."""
    steps, repetitions = (1, 2) if quick else (3, 5)
    times = level_times(steps, repetitions)
    whole = np.median(times["64"])
    found = [(f"ProGAN, step at {size} px / at 64 px, batch 16", f"{np.median(times[str(size)]) / whole:.3f} "
              f"({np.median(times[str(size)]) * 1e3:.0f} ms)", f"at most {share:.3f}")
             for size, share in LEVELS.items() if size < 64]
    found.append(step_row("`r3gan` step, preset small-colour, batch 32", r3gan_times(steps, repetitions)))
    for size, width in ((32, 64), (8, 192)):
        times = grouped_times(size, width, 1 if quick else 3)
        ours = np.median(times["GroupedConv2D"])
        others = ", ".join(f"{name} {np.median(values) / ours:.1f}" for name, values in times.items()
                           if name != "GroupedConv2D")
        found.append((f"gradient penalty through grouped convolutions, {width} channels of {size} px, times as long as "
                      f"`GroupedConv2D`", f"{others} (1 = {ours * 1e3:.0f} ms)", "the fastest in sum"))
    return found
