"""Image-to-image translation: the train step through `fit`, folders of pictures, and the wait for pairs from files."""

from __future__ import annotations

import dataclasses
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from PIL import Image
from timing import Row, in_turn, loader_row, step_row

import gan_core as core
from gan_core.game.sampling import TracedNetwork
from gan_vision.data import Columns, Examples, InstanceIds, LabelMap, Photo, load_pairs
from gan_vision.data.translation_sources import joined_fields
from gan_vision.models import pix2pix, pix2pix_hd
from gan_vision.translation.files import jobs_of, translate_files
from gan_vision.translation.translator import Translator

FEATURES = 10.0  # weight of feature matching
PIXELS = 100.0  # of L1


def adam():
    """As the recipes have it."""
    return keras.optimizers.Adam(2e-4, 0.5)


def softplus_loss(logits, sign: float):
    """Mean softplus, in float32."""
    return tf.reduce_mean(tf.nn.softplus(sign * tf.cast(logits, tf.float32)))


@dataclasses.dataclass(frozen=True)
class Game:
    """A translation as this project plays it, and the same step written by hand."""

    name: str
    size: tuple[int, int]
    fields: dict
    networks: Callable
    objective: core.Objective
    update: str
    bare: Callable

    def examples(self) -> Examples:
        """Noise: its content does not change the cost."""
        draw = np.random.default_rng(0)
        columns = {name: draw.integers(0, 30, (4, *kind.shape(self.size))).astype(kind.dtype)
                   for name, kind in self.fields.items()}
        return Examples(Columns(columns), self.fields, joined=joined_fields(self.fields))

    def times(self, steps: int, repetitions: int) -> dict[str, np.ndarray]:
        """Seconds per step by hand and through `fit`."""
        keras.utils.set_random_seed(0)
        examples = self.examples()
        loader = examples.loader(1, seed=0, flip=True)
        gan = core.GAN(*self.networks(), self.objective, core.NoLatent(), update=self.update,
                       prepare=examples.prepare((-1, 1)))
        gan.compile(adam(), adam())
        batch, step = gan.prepare(next(iter(loader.dataset(0, 1))), None), self.bare(*self.networks())

        def fit():
            gan.fit(loader.dataset(0, steps), steps_per_epoch=steps, verbose=0, shuffle=False)

        def bare():
            for _ in range(steps):
                losses = step(batch["real"], batch["source"])
            return [float(loss) for loss in losses]

        return in_turn({"bare": bare, "fit": fit}, steps=steps, repetitions=repetitions)


def shared_step(generator, discriminators):
    """pix2pix by hand: one forward pass of the generator, the discriminator first."""
    discriminator, (g_optimizer, d_optimizer) = discriminators[0], (adam(), adam())
    g_optimizer.build(generator.trainable_variables)
    d_optimizer.build(discriminator.trainable_variables)

    def judged(sample, source):
        return discriminator({"sample": sample, "source": source}, training=True)

    @tf.function(jit_compile=False)
    def step(real, source):
        with tf.GradientTape() as g_tape:
            fake = generator(source, training=True)
            with g_tape.stop_recording():
                with tf.GradientTape() as d_tape:
                    answers = judged(real, source), judged(tf.stop_gradient(fake), source)
                    d_loss = 0.5 * (softplus_loss(answers[0], -1) + softplus_loss(answers[1], 1))
                d_optimizer.apply(d_tape.gradient(d_loss, discriminator.trainable_variables),
                                  discriminator.trainable_variables)
            g_loss = softplus_loss(judged(fake, source), -1) + PIXELS * tf.reduce_mean(tf.abs(real - fake))
        g_optimizer.apply(g_tape.gradient(g_loss, generator.trainable_variables), generator.trainable_variables)
        return d_loss, g_loss

    return step


def simultaneous_step(generator, discriminators):
    """pix2pixHD by hand: both gradients from one forward pass."""
    g_optimizer, d_optimizer = adam(), adam()
    d_variables = [variable for network in discriminators for variable in network.trainable_variables]
    g_optimizer.build(generator.trainable_variables)
    d_optimizer.build(d_variables)

    @tf.function(jit_compile=False)
    def step(real, source):
        with tf.GradientTape(persistent=True) as tape:
            fake, d_loss, g_loss = generator(source, training=True), 0.0, 0.0
            for network in discriminators:
                r, f = (network({"sample": each, "source": source}, training=True) for each in (real, fake))
                d_loss += 0.5 * (tf.reduce_mean((r["logits"] - 1) ** 2) + tf.reduce_mean(f["logits"] ** 2))
                g_loss += tf.reduce_mean((f["logits"] - 1) ** 2)
                g_loss += FEATURES / len(discriminators) * tf.add_n([
                    tf.reduce_mean(tf.abs(tf.stop_gradient(ours) - theirs))
                    for ours, theirs in zip(r["features"], f["features"], strict=True)])
        g_gradients = tape.gradient(g_loss, generator.trainable_variables)
        d_gradients = tape.gradient(d_loss, d_variables)
        g_optimizer.apply(g_gradients, generator.trainable_variables)
        d_optimizer.apply(d_gradients, d_variables)
        return d_loss, g_loss

    return step


PIX2PIX = Game(
    "pix2pix step, 256 px, batch 1", (256, 256), {"source": Photo(3), "real": Photo(3)},
    lambda: (pix2pix.build_generator(256), [pix2pix.build_discriminator(256)]),
    core.Objective(core.NonSaturating(), auxiliary=(core.Reconstruction(PIXELS),), discriminator_weight=0.5), "shared",
    shared_step)
HD = Game(
    "pix2pixHD global step, 256x512, 32 channels, batch 1", (256, 512),
    {"real": Photo(3), "labels": LabelMap(35), "instances": InstanceIds()},
    lambda: (pix2pix_hd.build_generator((256, 512), width=32),
             [pix2pix_hd.build_discriminator((256, 512), scale=scale) for scale in (0, 1)]),
    core.Objective(core.LeastSquares(), auxiliary=(core.FeatureMatching(FEATURES),), generator_weight=2.0),
    "simultaneous", simultaneous_step)


def photographs(folder: Path, count: int, size: tuple[int, int]) -> Path:
    """So many smooth pictures as files, such as cameras make."""
    draw = np.random.default_rng(0)
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        coarse = Image.fromarray(draw.integers(0, 256, (12, 12, 3), dtype=np.uint8))
        coarse.resize(size[::-1], Image.Resampling.BICUBIC).save(folder / f"{number:04d}.png")
    return folder


def translation_ratio(folder: Path, count: int, repetitions: int) -> tuple[float, float, float]:
    """Seconds of `translate` for a folder of pictures and of the bare forward passes, and their ratio (medians)."""
    pictures = photographs(folder / "in", count, (256, 256))
    network = core.PerSample().applied(pix2pix.build_generator(256))
    translator, forward = Translator(network), TracedNetwork(network)
    inputs = {"source": np.zeros((8, 256, 256, 3), np.float32), "seeds": np.zeros((8, 2), np.int64)}
    rest = {name: values[:count % 8] for name, values in inputs.items()}
    jobs = jobs_of(pictures, folder / "out")

    def bare():
        for _ in range(count // 8):
            forward(inputs)
        if count % 8:
            forward(rest)

    runs = {"bare": bare, "translate": lambda: translate_files(translator, jobs)}
    times = in_turn(runs, steps=1, repetitions=repetitions)  # the first turn traces, and does not count
    bare_seconds, seconds = (float(np.median(times[name])) for name in ("bare", "translate"))
    return seconds, bare_seconds, seconds / bare_seconds


def waiting_row(folder: Path) -> Row:
    """The wait for pairs that are decoded from files at every step, enlarged and cut."""
    for side in "AB":
        photographs(folder / "pairs" / side, 24, (256, 256))
    pairs = load_pairs(folder / "pairs", layout="split", size=286, memory_limit=0)
    gan = core.GAN(*PIX2PIX.networks(), PIX2PIX.objective, core.NoLatent(), update="shared",
                   prepare=pairs.prepare((-1, 1)))
    gan.compile(adam(), adam())
    return loader_row("pix2pix (pairs decoded from files)", gan, pairs.loader(1, seed=0, flip=True, crop=256), 10)


def rows(quick: bool = False) -> list[Row]:
    """(what, measured, promised) of this file."""
    steps, repetitions = (1, 2) if quick else (4, 5)
    found = [step_row(game.name, game.times(steps, repetitions)) for game in (PIX2PIX, HD)]
    with tempfile.TemporaryDirectory() as folder:
        count = 16 if quick else 100
        started = time.perf_counter()
        seconds, bare, ratio = translation_ratio(Path(folder), count, 1 if quick else 3)
        found.append((f"`translate` of {count} pictures of 256 px: with reading and writing / bare forward passes",
                      f"{ratio:.3f} ({seconds:.1f} s, {bare:.1f} s; {time.perf_counter() - started:.0f} s in all)",
                      "at most 1.1"))
        found.append(waiting_row(Path(folder)))
    return found
