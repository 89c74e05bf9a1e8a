"""What the shared verbs do. TensorFlow is imported once a config is known to be good."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from gan_core.cli.main import start_tensorflow
from gan_core.cli.modality import Modality, as_yaml, complete
from gan_core.errors import ConfigError, DataError, choose
from gan_core.progress import Progress, stdout
from gan_core.run.config import RunConfig, read_yaml, validate, write_yaml
from gan_core.run.folder import RunFolder, refuse_unwritable

if TYPE_CHECKING:
    from gan_core.run.checkpoint import Saved
    from gan_core.run.experiment import Experiment


def resolve(modality: Modality, recipe: str, options: RunConfig | None, config: Path | None) -> RunConfig:
    """Defaults < config file < options.

    Raises:
        ConfigError: the file is for another recipe, has unknown keys or values out of range.
    """
    module = modality.recipe(recipe)
    values: dict = {}
    if config is not None:
        values = read_yaml(config)
        written_for = values.pop("recipe", recipe)
        if written_for != recipe:
            raise ConfigError(f"{config} is for the recipe {written_for!r}. Received: {recipe!r}. "
                              f"Run `train {written_for}`, or remove the key `recipe`.")
        validate(module.Config, values, str(config))
    if options is not None:
        values = merge(values, options.model_dump(exclude_unset=True))
    return validate(module.Config, values, str(config or "options"))


def merge(base: dict, over: dict) -> dict:
    """`over` laid on `base`, section by section."""
    merged = dict(base)
    for key, value in over.items():
        nested = isinstance(value, dict) and isinstance(base.get(key), dict)
        merged[key] = merge(base[key], value) if nested else value
    return merged


def train(modality: Modality, recipe: str, *, options: RunConfig | None = None, out: Path | None = None,
          config: Path | None = None, dry_run: bool = False, quiet: bool = False) -> RunFolder | None:
    """Train a recipe in a new folder; `dry_run` prints what would be done."""
    resolved = resolve(modality, recipe, options, config)
    module = modality.recipe(recipe)
    if not dry_run:  # before the slow part
        refuse_unwritable(Path("runs")) if out is None else RunFolder.refuse_used(out)
    progress = Progress(quiet=quiet)
    progress.say("starting TensorFlow ...")
    device = start_tensorflow(seed=resolved.seed, precision=resolved.precision)
    if modality.tries_settings:
        try_settings(module, resolved)
    data = module.load(resolved)
    resolved = complete(module, resolved, data[0])
    experiment = module.build(resolved, *data)
    if resolved.init_from is not None:  # before a folder is made
        from gan_core.run.initial_weights import find_weights

        find_weights(experiment.gan, Path(resolved.init_from), experiment.representation)
    if dry_run:
        stdout().print(as_yaml({"recipe": recipe, **resolved.model_dump(mode="json")}), markup=False, end="")
        print_description(description(recipe, resolved, experiment))
        return None
    from gan_core.run import run_experiment

    name = f"{recipe}-{resolved.data.split(':')[-1].rstrip('/').split('/')[-1]}"
    folder = new_run(modality, recipe, resolved, out, name, progress, device)
    run_experiment(experiment, folder, resolved, progress=progress)
    conclude(modality, progress, folder)
    return folder


def try_settings(module: ModuleType, config: RunConfig) -> None:
    """Build a recipe on its placeholder and forget it: what needs no data is refused before data are read.

    Raises:
        ConfigError: settings that do not go together.
    """
    with contextlib.suppress(DataError):  # the data themselves are judged later
        module.build(config, *module.placeholder(config))
    import keras

    keras.backend.clear_session()  # with the names of layers, it forgets the precision and the seed
    start_tensorflow(seed=config.seed, precision=config.precision)


def new_run(modality: Modality, recipe: str, config: RunConfig, out: Path | None, name: str, progress: Progress,
            device: str) -> RunFolder:
    """A new run folder that holds its settings and says where it is.

    Raises:
        RunError: `out` holds something already, or cannot be made.
    """
    folder = RunFolder.create(out, name)
    write_yaml(folder.config, recipe, config)
    folder.write_environment()
    announce(modality, progress, folder, device)
    return folder


def resume(modality: Modality, run: Path, *, steps: int | None = None, config: Path | None = None,
           allow_change: Sequence[str] = (), quiet: bool = False):
    """Continue a run from its newest good checkpoint."""
    folder = RunFolder.open(run)
    recipe, module, values = modality.recipe_of(folder.config)
    resolved = validate(module.Config, values, str(folder.config))
    if config is not None:
        resolved = resolve(modality, recipe, None, config)
    if steps is not None:
        resolved = validate(module.Config, {**resolved.model_dump(), "steps": steps}, "--steps")
    for field in allow_change:
        choose("setting in --allow-change", field, module.Config.model_fields)
    progress = Progress(quiet=quiet)
    with folder.lock():  # before the slow part
        progress.say("starting TensorFlow ...")
        device = start_tensorflow(seed=resolved.seed, precision=resolved.precision)
        from gan_core.run.checkpoint import Checkpoints
        from gan_core.run.compatibility import refuse_other_config
        from gan_core.run.experiment import resume_experiment

        may_change = ("steps", *allow_change)
        checkpoints = Checkpoints(folder.checkpoints)
        if checkpoints.steps():  # before data are read, which the other config may have elsewhere
            saved, _ = checkpoints.newest()
            unknown = [name for name, value in resolved if value is None] if hasattr(module, "complete") else []
            refuse_other_config(saved, folder, resolved, (*may_change, *unknown))  # `complete` may fill those in
        data = data_of(module, resolved, folder)
        resolved = complete(module, resolved, data[0])
        experiment = module.build(resolved, *data)
        announce(modality, progress, folder, device)
        resume_experiment(experiment, folder, resolved, progress=progress, may_change=may_change,
                          accepted=lambda: write_yaml(folder.config, recipe, resolved))
    conclude(modality, progress, folder)


def announce(modality: Modality, progress: Progress, folder: RunFolder, device: str) -> None:
    """Where the run lives, and how to watch it."""
    progress.say(f"running on {device}")
    progress.say(f"run folder: {folder.path}   watch: tensorboard --logdir {folder.path}")


def conclude(modality: Modality, progress: Progress, folder: RunFolder) -> None:
    """What there is to look at, and the next command."""
    progress.say(f"done. Look at {folder.samples} and {folder.report}")
    progress.say(f"next: {modality.program} {modality.next_command.format(run=folder.path)}")


def load_run(modality: Modality, run: Path, *, data: bool = False) -> tuple[Experiment, Any, Saved, Any]:
    """A trained experiment, for the verbs that only read a run.

    Without `data` the run's data set is not read: samples can be drawn where the data no longer are.

    Returns:
        (experiment, config, saved checkpoint, (train, validation) data or None)
    """
    folder = RunFolder.open(run)
    _, module, values = modality.recipe_of(folder.config)
    config = validate(module.Config, values, str(folder.config))
    start_tensorflow(seed=config.seed, precision=config.precision)
    from gan_core.run.compatibility import data_hashes, refuse_other_data
    from gan_core.run.experiment import restore_newest

    loaded = data_of(module, config, folder) if data else module.placeholder(config)
    experiment = module.build(config, *loaded)
    saved, complaints = restore_newest(experiment, folder)
    for complaint in complaints:
        Progress().say(f"{complaint}: using {saved.path.name}")
    if data:  # else what was held out would no longer be what it was
        refuse_other_data(saved, folder, config, data_hashes(experiment), ("steps",))
    return experiment, config, saved, loaded if data else None


def data_of(module: ModuleType, config: RunConfig, folder: RunFolder):
    """The data of a run: what `module.load` gives; an error says where relative paths began when the run did."""
    try:
        return module.load(config)
    except (ConfigError, DataError) as error:  # a bare path that is not there is an unknown kind of source
        began = folder.started_in()
        if began is None or began == Path.cwd():
            raise
        raise type(error)(f"{error}\nRelative paths begin in the current directory; the run was started in "
                          f"{began}.") from None


def sample(modality: Modality, run: Path, *, count: int, out: Path | None, seed: int, raw: bool,
           condition: Callable[[RunConfig], Mapping[str, Any]] | None = None) -> Path:
    """Write `count` samples of a run; `condition` makes other conditions than the usual ones from its config."""
    if count < 1:
        raise ConfigError(f"`--count` must be at least 1. Received: count={count}.")
    experiment, config, saved, _ = load_run(modality, run)
    if experiment.write_samples is None:
        raise ConfigError("`sample` needs a recipe that writes samples. Received: a recipe without `write_samples`. "
                          "Return it in the recipe's Experiment.")
    samples = experiment.sample(count, seed=seed, raw=raw, condition=None if condition is None else condition(config))
    written = experiment.write_samples(samples, out)
    stdout().print(f"{count} samples of step {saved.step:,} -> {written}", markup=False)
    return written


def describe(modality: Modality, recipe: str, *, as_json: bool, config: Path | None = None) -> None:
    """Print a recipe's parts."""
    resolved = resolve(modality, recipe, None, config)
    start_tensorflow(seed=resolved.seed, precision=resolved.precision)
    module = modality.recipe(recipe)
    found = description(recipe, resolved, module.build(resolved, *module.placeholder(resolved)))
    if as_json:
        print(json.dumps(found))
    else:
        print_description(found)


def description(recipe: str, config: RunConfig, experiment) -> dict:
    """Parts, shapes and parameter counts of an experiment as plain values."""
    from gan_core.game.batch import input_names
    from gan_core.game.cost import operations

    def network(model):
        learned = sum(int(variable.value.shape.num_elements()) for variable in model.trainable_variables)
        total = sum(int(variable.value.shape.num_elements()) for variable in model.weights)
        return {"name": model.name, "inputs": list(input_names(model)), "trainable": learned,
                "non_trainable": total - learned, "operations": operations(model), "output_shape": _shape(model)}

    gan = experiment.gan
    objective = gan.objective
    return {
        "recipe": recipe, "generator": network(gan.generator),
        "discriminators": [network(model) for model in gan.discriminators],
        "loss": objective.adversarial.name, "regularizers": [term.name for term in objective.regularizers],
        "auxiliary": [term.name for term in objective.auxiliary], "latent": repr(gan.latent), "update": gan.update,
        "augment": None if gan.augment is None else type(gan.augment).__name__,
        "ema": gan.ema is not None, "steps": experiment.steps, "batch_size": config.batch_size,
        "config": config.model_dump(mode="json"),
    }


def _shape(model):
    shape = model.output_shape
    shape = shape.get("logits") if isinstance(shape, dict) else shape
    return list(shape) if shape is not None else None


def print_description(found: dict) -> None:
    """A description for people."""
    from rich.table import Table

    parts = (found["generator"], *found["discriminators"])
    table = Table("network", "inputs", "output", "trainable", "non-trainable", title=found["recipe"],
                  title_justify="left")
    for part in parts:
        table.add_row(part["name"], ", ".join(part["inputs"]), str(part["output_shape"]),
                      f"{part['trainable']:,}", f"{part['non_trainable']:,}")
    stdout().print(table)
    costs = [f"{part['name']} {part['operations']:,}" for part in parts if part["operations"] is not None]
    if costs:
        stdout().print(f"operations of one pass per sample: {', '.join(costs)}", markup=False)
    for key in ("loss", "regularizers", "auxiliary", "latent", "update", "augment", "ema", "steps", "batch_size"):
        stdout().print(f"{key}: {found[key]}", markup=False)
