"""A trained generator, from a run folder or a model file. Only the generator is read, never the training data."""

from __future__ import annotations

from pathlib import Path

from gan_audio.errors import CheckpointError
from gan_audio.models.saved import ModelCard, load_generator
from gan_core.errors import RunError
from gan_core.model_files import load_network


def load_model(path, *, step: int | None = None, best: bool = False, sample_rate: int | None = None,
               preemphasis: float | None = None):
    """The generator of a run folder (its newest good checkpoint), or of a file that `gan-audio export` wrote.

    Args:
        path: folder or `.keras` file.
        step: int, the checkpoint of another step of the run.
        best: bool, the generator that scored best in validation instead of the last.
        sample_rate: Hz, if the caller counts on one.
        preemphasis: the coefficient, if the caller counts on one.

    Returns:
        (generator, `ModelCard`).

    Raises:
        CheckpointError: nothing usable there, or made for another rate or coefficient.
        RunError: `path` is no run.
    """
    path = Path(path)
    if not path.exists():
        raise RunError(f"{path}: there is no such run folder or model file. Give the folder that `train` printed, or a "
                       ".keras file of `gan-audio export`.")
    if path.is_file():
        if best or step is not None:
            raise CheckpointError(f"{path} holds one generator. Received: best={best}, step={step}. "
                                  "Give the run folder to choose.")
        return load_generator(path, sample_rate=sample_rate, preemphasis=preemphasis)
    recipe, config, folder = read_config(path)
    size = config.size()
    card = ModelCard(size, config.sample_rate, config.preemphasis, recipe)
    card.require(path, sample_rate=sample_rate, preemphasis=preemphasis)
    return _generator_of_run(folder, config, card, step, best)


def read_config(path):
    """(recipe, config, folder) of a run."""
    from gan_audio.recipes.table import MODALITY
    from gan_core.run.config import validate
    from gan_core.run.folder import RunFolder

    folder = RunFolder.open(path)
    recipe, module, values = MODALITY.recipe_of(folder.config)
    return recipe, validate(module.Config, values, str(folder.config)), folder


def _generator_of_run(folder, config, card: ModelCard, step: int | None, best: bool):
    from dataclasses import replace

    from gan_audio.models.segan import generator_of
    from gan_core.run.checkpoint import Checkpoints

    if best:
        kept = folder.path / "generator-best.keras"
        if not kept.is_file():
            raise CheckpointError(f"{folder.path} holds no best generator: it had no validation yet. Leave `best` out.")
        return load_network(kept), card
    saved, _ = Checkpoints(folder.checkpoints).newest(step)
    generator = generator_of(card.size, blank=True)
    restore_network(generator, saved, averaged=config.ema is not None)
    return generator, replace(card, step=saved.step)


def restore_network(network, saved, *, averaged: bool = False) -> None:
    """Give one network its values of a checkpoint, without building the rest of the experiment.

    A checkpoint is a list of variables in a fixed order, so a network is a run of consecutive entries with its names
    and shapes; its average is the next such run.

    Raises:
        CheckpointError: there is no such run of entries, or the values cannot be read.
    """
    import tensorflow as tf

    from gan_core.run.checkpoint import describe, readable, without_counters

    def key(entry):
        return without_counters(entry[0]), *map(str, entry[1:])

    wanted = [key(describe(variable)) for variable in network.variables]
    stored = [key(entry) for entry in saved.manifest["variables"]]
    places = [place for place in range(len(stored) - len(wanted) + 1) if stored[place:place + len(wanted)] == wanted]
    if len(places) <= int(averaged):
        raise CheckpointError(f"{saved.path} does not hold the generator of its config.yaml. "
                              "Restore the config the run was started with.")
    values = [variable.value for variable in network.variables]
    try:
        with readable(saved) as prefix:
            reader = tf.train.load_checkpoint(prefix)
            for index, value in enumerate(values, places[int(averaged)]):
                value.assign(reader.get_tensor(f"state/{index}/.ATTRIBUTES/VARIABLE_VALUE"))
    except (tf.errors.OpError, ValueError, RuntimeError, LookupError) as error:
        raise CheckpointError(f"{saved.path} cannot be read: {str(error).splitlines()[0]}") from None
