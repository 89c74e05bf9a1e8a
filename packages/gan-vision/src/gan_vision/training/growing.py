"""Progressive growing: the stages of a run, the fade between two levels, and what is kept of each level.

Karras et al. 2018, arXiv:1710.10196, section 2. A level is shown at its size for a while ("stable"), then the next one
is blended in ("fading"): images of the new size are old + alpha (new - old), alpha from 0 to 1.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Sequence
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from PIL import Image

import gan_core as core
from gan_core.errors import ConfigError
from gan_core.files import whole_path
from gan_core.game.batch import as_batch
from gan_core.images.sheet import save_image_grid, to_uint8
from gan_core.random import fold
from gan_vision.data.examples import Examples
from gan_vision.data.labels import Labels
from gan_vision.data.preparation import Preparation
from gan_vision.models.progan import START
from gan_vision.models.size import count_doublings
from gan_vision.training.enlargement import enlarged

COLUMNS = 8  # of the growth sheet
SHEET = "growth.png"


@dataclasses.dataclass(frozen=True)
class Stage:
    """A stretch of a run at one level.

    Args:
        size: pixels of each side.
        fading: whether the level is being blended in.
        steps: updates.
        batch_size: images per update.
        learning_rate: of both players.
    """

    size: int
    fading: bool
    steps: int
    batch_size: int
    learning_rate: float

    @property
    def name(self) -> str:
        """For lists."""
        return f"fade to {self.size} px" if self.fading else f"{self.size} px"


def growth_stages(sizes: Sequence[int], *, stable_kimg: float, fade_kimg: float, kimg: float, steps: int | None,
                  batch_sizes: Callable[[int], int], learning_rates: Callable[[int], float]) -> list[Stage]:
    """The stages of a run: a level, then the fade to the next; batch size and rate are those of what is shown.

    Args:
        sizes: of the levels, in pixels, smallest first.
        stable_kimg: thousands of images of each level before the next one fades in; 0 goes on at once.
        fade_kimg: thousands of images of each fade; 0 jumps. With both 0 nothing grows: the last level is all.
        kimg: thousands of images in all.
        steps: updates in all, which count instead of `kimg` if they are given.
        batch_sizes: size -> images per update.
        learning_rates: size -> rate.

    Raises:
        ConfigError: a stage shorter than one update, or nothing left for the last level.
    """
    def stage(size: int, fading: bool, thousands: float, option: str) -> Stage:
        count = round(1000 * thousands / batch_sizes(size))
        if count < 1:
            raise ConfigError(f"every stage needs at least one update. Received: {option}={thousands:g}, less than one "
                              f"batch of {batch_sizes(size)} at {size} pixels. Raise it; 0 leaves the stage out.")
        return Stage(size, fading, count, batch_sizes(size), learning_rates(size))

    if not stable_kimg + fade_kimg:
        sizes = sizes[-1:]
    stages: list[Stage] = []
    for number, size in enumerate(sizes):
        if number and fade_kimg:
            stages.append(stage(size, True, fade_kimg, "fade_kimg"))
        if size != sizes[-1] and stable_kimg:
            stages.append(stage(size, False, stable_kimg, "stable_kimg"))
    before = sum(each.steps for each in stages)
    seen = sum(each.steps * each.batch_size for each in stages)
    left = round((1000 * kimg - seen) / batch_sizes(sizes[-1])) if steps is None else steps - before
    if left < 1:
        given = f"kimg={kimg:g}" if steps is None else f"steps={steps}"
        raise ConfigError(f"the last level needs at least one update. Received: {given}, of which the levels before "
                          f"and their fades take {before:,} steps, {seen / 1000:g} thousand images. Raise it, or "
                          "lower --stable-kimg and --fade-kimg.")
    return [*stages, Stage(sizes[-1], False, left, batch_sizes(sizes[-1]), learning_rates(sizes[-1]))]


def stages_of(config) -> list[Stage]:
    """The stages of a run with the settings of `progan`.

    Raises:
        ConfigError: sizes that are no power of two, or as `growth_stages`.
    """
    levels, first = (count_doublings(size, START, least=0) for size in (config.size, config.start_size))
    if first > levels:
        raise ConfigError(f"`start_size` must be at most `size`. Received: start_size={config.start_size}, "
                          f"size={config.size}.")

    def at(values: Sequence, size: int):
        return values[min(count_doublings(size, START, least=0), len(values) - 1)]

    return growth_stages(
        [START << level for level in range(first, levels + 1)],
        stable_kimg=config.stable_kimg, fade_kimg=config.fade_kimg, kimg=config.kimg,
        steps=config.steps if "steps" in config.model_fields_set else None,
        batch_sizes=lambda size: at(config.batch_sizes or (config.batch_size,), size),
        learning_rates=lambda size: at(config.learning_rates or (config.learning_rate,), size))


def penalty_target(stages: Sequence[Stage], target: float) -> Callable[[tf.Tensor], tf.Tensor]:
    """The target of a gradient norm at the level's size that stands for `target` at the last one.

    The authors enlarge all pictures to the last size, where a pixel is repeated and the gradient spread over the
    copies: at a 2^k-th of the size the norm is 2^k times as large.
    """
    ends = np.cumsum([stage.steps for stage in stages])
    factors = [stages[-1].size / stage.size for stage in stages]

    def at(step: tf.Tensor) -> tf.Tensor:
        step = tf.reshape(tf.cast(step, tf.int64), (1,))
        stage = tf.searchsorted(tf.constant(ends, tf.int64), step, side="right")
        return target * tf.gather(tf.constant(factors, tf.float32), tf.minimum(stage[0], len(stages) - 1))

    at.__name__ = f"{target:g} at {stages[-1].size} px"
    return at


class Growth(keras.layers.Layer):
    """The `prepare` of a growing GAN: pictures as networks read them, at the size of the level, blended like theirs.

    Args:
        preparation: of the whole pictures.
        size: of the whole pictures, in pixels.
    """

    def __init__(self, preparation: Preparation, size: int):
        super().__init__(dtype="float32")
        self.preparation, self.size, self.current_size, self.fading = preparation, size, size, False
        self.alpha = self.add_weight((), "ones", trainable=False, name="alpha", aggregation="only_first_replica")
        self.built = True

    def __call__(self, batch, stream=None) -> dict:
        """The batch with smaller pictures: means over squares of pixels."""
        prepared = self.preparation(as_batch(batch), stream)
        real = _means(prepared["real"], self.size // self.current_size)
        if self.fading:
            coarse = _repeated(_means(real, 2))
            real = coarse + self.alpha * (real - coarse)
        return {**prepared, "real": real}

    def begin(self, gan: core.GAN, stage: Stage) -> None:
        """Make a GAN play at a stage."""
        self.current_size, self.fading = stage.size, stage.fading
        for network in _networks(gan):
            network.show(stage.size, fading=stage.fading)
        self.blend(gan, 0.0 if stage.fading else 1.0)

    def blend(self, gan: core.GAN, alpha: float) -> None:
        """How much of the new level is seen, 0 to 1, by the networks and of the real pictures."""
        for holder in (self, *_networks(gan)):
            holder.alpha.assign(alpha)

    def report(self) -> dict[str, float]:
        """For the record."""
        alpha = float(self.alpha.numpy())
        missing = math.log2(self.size / self.current_size)
        return {"resolution": self.current_size, "alpha": alpha, "lod": missing + (1 - alpha) * self.fading}


class FadeIn(keras.callbacks.Callback):
    """Before step k of n steps, alpha becomes k / n.

    Args:
        growth: of the GAN.
        steps: n.
    """

    def __init__(self, growth: Growth, steps: int):
        super().__init__()
        self.growth, self.steps, self.done = growth, steps, 0

    def on_train_begin(self, logs=None):  # noqa: D102
        self.done = 0

    def on_train_batch_begin(self, batch, logs=None):  # noqa: D102
        self.growth.blend(self.model, self.done / self.steps)
        self.done += 1  # a plain attribute: saved with every checkpoint


def growth_phases(stages: Sequence[Stage], growth: Growth, train: Examples, *, seed: int, flip: bool,
                  optimizers: Callable[[float], tuple]) -> list[core.Phase]:
    """A phase of a run for each stage, with fresh optimizers: Adam's moments are of no use to another picture.

    Args:
        stages: in order.
        growth: the `prepare` of the GAN.
        train: whole pictures.
        seed: of the order of pictures.
        flip: mirror each picture with probability 1/2.
        optimizers: learning rate -> the optimizers of both players.
    """
    def start(stage: Stage) -> Callable[[core.GAN], None]:
        def begin(gan: core.GAN) -> None:
            growth.begin(gan, stage)
            gan.compile(*optimizers(stage.learning_rate), generator_learns=lambda network: network.learning_variables(),
                        discriminators_learn=lambda networks: networks[0].learning_variables())

        return begin

    return [core.Phase(train.loader(stage.batch_size, seed=fold(seed, stage.name), flip=flip), stage.steps,
                       start=start(stage), callbacks=(FadeIn(growth, stage.steps),) if stage.fading else (),
                       name=stage.name, report=growth.report)
            for stage in stages]


class GrowthSheet:
    """A preview of an experiment: samples/growth.png, the same latents at the end of every level, a row for each.

    The generator of each level is kept beside it as generator-8px.keras.

    Args:
        stages: of the run.
        value_range: (low, high) of the generator.
        labels: of a conditional generator; classes in turn.
    """

    def __init__(self, stages: Sequence[Stage], value_range: tuple[float, float], labels: Labels | None = None):
        ends = np.cumsum([stage.steps for stage in stages])
        self.size, self.value_range, self.labels = stages[-1].size, value_range, labels
        self.ends = {int(end): stage.size for end, stage in zip(ends, stages, strict=True) if not stage.fading}

    def __call__(self, gan, step: int, folder, record) -> None:
        """Add the level that ends at `step`, if one does."""
        if step not in self.ends:
            return
        with whole_path(level_file(folder.path, self.ends[step])) as temporary:
            gan.standalone_generator().save(temporary)
        condition = None if self.labels is None else {"label": self.labels.in_turn(COLUMNS)}
        images = to_uint8(gan.generate(condition, COLUMNS), self.value_range)
        rows = folder.samples / "growth"  # of the levels before, which another process may have made
        save_image_grid(rows / f"{self.ends[step]:05d}.png", images, COLUMNS, scale=1, padding=0, keep_opacity=True)
        files = sorted(rows.glob("*.png"))
        levels = [enlarged(_row(np.asarray(Image.open(file))), self.size) for file in files]
        save_image_grid(folder.samples / SHEET, np.concatenate(levels), COLUMNS,
                        row_names=[f"{int(file.stem)} px" for file in files])


def level_file(run: Path, size: int) -> Path:
    """Where a run keeps the generator of a finished level."""
    return run / f"generator-{size}px.keras"


def _row(picture: np.ndarray) -> np.ndarray:
    """The images of a row without space between them, (COLUMNS, side, side, channels)."""
    side = picture.shape[0]
    return np.moveaxis(picture.reshape(side, COLUMNS, side, -1), 1, 0)


def _networks(gan: core.GAN) -> list:
    averaged = [] if gan.averaged_generator is None else [gan.averaged_generator]
    return [gan.generator, *averaged, *gan.discriminators]


def _means(pictures, factor: int):
    return pictures if factor == 1 else tf.nn.avg_pool2d(pictures, factor, factor, "VALID")


def _repeated(pictures):
    return tf.repeat(tf.repeat(pictures, 2, axis=1), 2, axis=2)
