"""Weights that a new run takes over from another one: those of the networks, and nothing of its history."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import keras
import tensorflow as tf

from gan_core.errors import CheckpointError, ConfigError
from gan_core.game.gan import GAN
from gan_core.run.checkpoint import Checkpoints, Saved, describe, readable, without_counters
from gan_core.run.folder import RunFolder
from gan_core.run.state import networks_of


def load_initial_weights(gan: GAN, run: Path, representation: Mapping[str, str | float]) -> str:
    """Give all networks of a game the weights of another run's newest good checkpoint: all of them, or none.

    Optimizers, counters, schedules and augmentation stay as they are. Without an averaged generator in the other run,
    ours becomes a copy of its generator.

    Args:
        gan: compiled.
        run: folder of the other run.
        representation: of this run's experiment.

    Returns:
        What was done, for people.

    Raises:
        RunError: there is no run.
        CheckpointError: no checkpoint can be used.
        ConfigError: other networks, or samples that mean something else.
    """
    saved, places, complaints = find_weights(gan, run, representation)
    networks = networks_of(gan)
    values = {name: _read(saved, places[name]) for name in networks}  # all of them before the first is assigned
    for name, network in networks.items():
        for weight, value in zip(_counterparts(network, places[name], saved), values[name], strict=True):
            weight.assign(value)
    note = "".join(f"{complaint}; " for complaint in complaints)
    return f"{note}networks begin with the weights of {run}, step {saved.step:,}; this run starts at step 0"


def find_weights(gan: GAN, run: Path, representation: Mapping[str, str | float]) -> tuple[
        Saved, dict[str, list[int]], list[str]]:
    """The checkpoint that `load_initial_weights` would read, the places of each network's weights, and complaints.

    Raises:
        RunError, CheckpointError, ConfigError: as `load_initial_weights`.
    """
    saved, complaints = Checkpoints(RunFolder.open(run).checkpoints).newest()
    for name, value in representation.items():
        theirs = saved.manifest.get("representation", {}).get(name)
        if theirs != value:
            raise ConfigError(f"`init_from` needs a run whose samples mean the same. Received: {run} with "
                              f"{name}={theirs!r}, while this run has {name}={value!r}.")
    places = saved.manifest["networks"]
    if "averaged_generator" not in places:
        places = {**places, "averaged_generator": places["generator"]}
    for name, network in networks_of(gan).items():
        _refuse_other_network(name, network, places.get(name), saved, run)
    return saved, places, complaints


def _counterparts(network: keras.Model, places: list[int] | None, saved: Saved) -> list[keras.Variable]:
    """The weights that another run's fit: all of a network; of one that has grown further, those it had before.

    A network that grows says so by `grows = True`; its layers have names of their own, by which weights are found.
    """
    if not getattr(network, "grows", False):
        return network.weights
    known = {_layer_and_name(saved.manifest["variables"][place][0]) for place in places or []}
    return [weight for weight in network.weights if _layer_and_name(weight.path) in known]


def _layer_and_name(path: str) -> str:
    return "/".join(path.split("/")[-2:])


def _refuse_other_network(name: str, network: keras.Model, places: list[int] | None, saved: Saved, run: Path) -> None:
    ours = [describe(weight) for weight in _counterparts(network, places, saved)]
    theirs = [saved.manifest["variables"][place] for place in places or []]
    # the last part of a path only: a network's own name is not a reason to refuse its weights
    problem = f"{len(theirs)} weights there, {len(ours)} here" if len(theirs) != len(ours) else next(
        (f"{mine[0]} has shape {other[1]} there, {mine[1]} here" for mine, other in zip(ours, theirs, strict=True)
         if mine[1] != other[1] or _own_name(mine) != _own_name(other)), None)
    if problem:
        raise ConfigError(f"`init_from` needs a run with the same networks. Received: {run}, whose {name} differs: "
                          f"{problem}. Use the recipe and the sizes in {run / 'config.yaml'}.")


def _own_name(described: list) -> str:
    return without_counters(described[0]).rsplit("/", 1)[-1]


def _read(saved: Saved, places: list[int]) -> list:
    try:
        with readable(saved) as prefix:
            reader = tf.train.load_checkpoint(prefix)
            return [reader.get_tensor(f"state/{place}/.ATTRIBUTES/VARIABLE_VALUE") for place in places]
    except (tf.errors.OpError, ValueError, RuntimeError) as error:
        raise CheckpointError(f"{saved.path} cannot be read: {str(error).splitlines()[0]}") from None
