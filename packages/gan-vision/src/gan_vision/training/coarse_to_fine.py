"""The phases of a generator that grows by enhancers: coarse alone, an enhancer alone, everything together.

Wang et al. 2018, arXiv:1711.11585, section 3.1.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import keras

import gan_core as core
from gan_core.errors import ConfigError
from gan_vision.models import pix2pix_hd

if TYPE_CHECKING:
    from gan_vision.data.examples import Examples

    Start = Callable[[core.GAN], None]


def coarse_to_fine(config: Any, train: Examples, generator: Callable[[int], keras.Model]) -> list[core.Phase]:
    """The global generator; then for each enhancer the enhancer with the rest fixed, and everything.

    A phase starts from the weights of the one before, at its own size, with fresh optimizers; the discriminators, which
    take any size, go on.

    Args:
        config: with `enhancers`, the steps of each phase, sizes, and `adam()`.
        train: at the size that training pairs are loaded with.
        generator: number of enhancers -> a new generator.

    Raises:
        ConfigError: no steps are left for the last phase.
    """
    before = _steps_before_the_last(config)
    begin = config.global_steps if config.enhancers else config.steps
    phases = [core.Phase(_batches(config, train, 0), begin, name="global generator")]
    for number in range(1, config.enhancers + 1):
        joint = begin + config.enhancer_steps
        together = config.steps - before if number == config.enhancers else config.joint_steps
        batches = _batches(config, train, number)
        phases += [core.Phase(batches, config.enhancer_steps, start=_enlarged(config, generator, number, begin),
                              name=f"enhancer {number}"),
                   core.Phase(batches, together, start=_everything(config, joint), name=f"all up to enhancer {number}")]
        begin = joint + together
    return phases


def _steps_before_the_last(config) -> int:
    if not config.enhancers:
        return 0
    before = (config.global_steps + config.enhancers * config.enhancer_steps
              + (config.enhancers - 1) * config.joint_steps)
    if before >= config.steps:
        raise ConfigError(f"`steps` must leave some for everything together. Received: steps={config.steps}, of which "
                          f"{before} are global_steps={config.global_steps}, {config.enhancers} x enhancer_steps="
                          f"{config.enhancer_steps} and what comes between. Raise `steps`, or lower these.")
    return before


def _enlarged(config, generator: Callable[[int], keras.Model], enhancers: int, begin: int) -> Start:
    def start(gan: core.GAN) -> None:
        larger = generator(enhancers)
        pix2pix_hd.take_over(larger, gan.generator)
        gan.replace(generator=larger)
        gan.compile(*config.adam(begin), generator_learns=pix2pix_hd.newest_part)

    return start


def _everything(config, begin: int) -> Start:
    return lambda gan: gan.compile(*config.adam(begin))


def _batches(config, train: Examples, enhancers: int) -> core.Loader:
    """Batches at the size of a generator with so many enhancers: half for each that is still to come."""
    shrunk = 2 ** (config.enhancers - enhancers)
    size = tuple(side // shrunk for side in config.sides)
    whole = train if shrunk == 1 else train.resized(tuple(side // shrunk for side in config.loaded_sides))
    return whole.loader(config.batch_size, seed=config.seed, flip=config.flip,
                        crop=None if whole.image_shape[:2] == size else size)
