"""The parts of a recipe in words and numbers: networks, shapes, parameter counts, cost."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import yaml

from gan_core.progress import stdout
from gan_core.run.config import RunConfig
from gan_core.run.memory_probe import Memory
from gan_core.run.recipe import Recipe

if TYPE_CHECKING:
    from gan_core.run.experiment import Experiment


def as_yaml(values: dict) -> str:
    """Settings as `key: value` lines in their order."""
    return yaml.safe_dump(values, sort_keys=False, allow_unicode=True)


def description(recipe: Recipe, config: RunConfig, experiment: Experiment) -> dict:
    """Parts, shapes and parameter counts of an experiment as plain values; it goes through the starts of all phases.

    The networks are those of the last phase.
    """
    from gan_core.game.batch import input_names
    from gan_core.game.cost import operations

    def network(model):
        learned = sum(int(variable.value.shape.num_elements()) for variable in model.trainable_variables)
        total = sum(int(variable.value.shape.num_elements()) for variable in model.weights)
        return {"name": model.name, "inputs": list(input_names(model)), "trainable": learned,
                "non_trainable": total - learned, "operations": operations(model), "output_shape": _shape(model)}

    gan, phases = experiment.gan, []
    for number, phase in enumerate(experiment.phases):
        if phase.start is not None:
            phase.start(gan)
        phases.append({"name": phase.name or f"phase {number}", "steps": phase.steps,
                       "batch_size": phase.data.batch_size, "examples": phase.steps * phase.data.batch_size,
                       "output_shape": _shape(gan.generator),
                       "operations": [operations(model) for model in (gan.generator, *gan.discriminators)]})
    objective = gan.objective
    return {
        "recipe": recipe.name, "generator": network(gan.generator),
        "discriminators": [network(model) for model in gan.discriminators],
        "loss": objective.adversarial.name, "regularizers": [term.name for term in objective.regularizers],
        "constraints": [constraint.name for constraint in objective.constraints],
        "auxiliary": [term.name for term in objective.auxiliary], "latent": repr(gan.latent), "update": gan.update,
        "sampling": repr(gan.sampling),
        "augment": None if gan.augment is None else type(gan.augment).__name__,
        "ema": gan.ema is not None, "steps": experiment.steps, "batch_size": config.batch_size,
        "phases": phases,
        "presets": {name: dict(values) for name, values in recipe.presets.items()},
        "config": config.model_dump(mode="json"),
    }


def _shape(model):
    shape = model.output_shape
    if isinstance(shape, list):  # Keras flattens what a functional model names
        shape = {name: tensor.shape for name, tensor in model.output.items() if name == "logits"}
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
    for key in ("loss", "regularizers", "constraints", "auxiliary", "latent", "update", "sampling", "augment", "ema",
                "steps", "batch_size"):
        stdout().print(f"{key}: {found[key]}", markup=False)
    if len(found["phases"]) > 1:
        print_phases(found["phases"])
    for name, values in found["presets"].items():
        stdout().print(preset_line(name, values), markup=False)


def print_phases(phases: Sequence[dict]) -> None:
    """The schedule of a run in phases."""
    from rich.table import Table

    def in_words(costs: Sequence[int | None]) -> str:
        known = [cost for cost in costs if cost is not None]
        return f"{sum(known):,}" if len(known) == len(costs) else "not known"

    table = Table("phase", "output", "batch", "steps", "examples", "operations of the generator",
                  "and of the discriminators", title="phases, and their operations per sample", title_justify="left")
    for phase in phases:
        first, *others = phase["operations"]
        table.add_row(phase["name"], " x ".join(map(str, phase["output_shape"][1:])), str(phase["batch_size"]),
                      f"{phase['steps']:,}", f"{phase['examples']:,}", in_words([first]), in_words(others))
    stdout().print(table)


def preset_line(name: str, values: dict) -> str:
    """A preset and what it stands for, as one line."""
    return f"--preset {name}: " + ", ".join(f"{key}={value}" for key, value in values.items())


def print_memory(rows: Sequence[Memory]) -> None:
    """What probes found, for people."""
    from rich.table import Table

    on_gpu = any(row.gpu_peak_bytes is not None for row in rows)
    columns = ["setting", *(["size"] if any(row.size is not None for row in rows) else []), "batch", "peak",
               "before the first step", *(["peak on the GPU"] if on_gpu else [])]
    table = Table(*columns, title="memory of training", title_justify="left")
    failed = []
    for row in rows:
        size = "-" if row.size is None else str(row.size)
        cells = {"setting": row.setting, "size": size, "batch": str(row.batch_size)}
        if row.failure is None:
            cells |= {"peak": bytes_in_words(row.peak_bytes), "peak on the GPU": bytes_in_words(row.gpu_peak_bytes),
                      "before the first step": bytes_in_words(row.before_first_step_bytes)}
        else:
            failed.append(row)
            cells |= {"peak": "failed: see below", "peak on the GPU": "", "before the first step": ""}
        table.add_row(*(cells[column] for column in columns))
    stdout().print(table)
    for row in failed:
        stdout().print(f"{row.setting}, batch {row.batch_size}: {row.failure}", markup=False)
    stdout().print("measured over three steps on blank examples; the data, samples and scores of a run come on top",
                   markup=False)


def bytes_in_words(count: int | None) -> str:
    """An amount of memory, such as "1.25 GiB"."""
    if count is None:
        return "not measured here"
    return f"{count / 2**30:.2f} GiB" if count >= 2**30 else f"{count / 2**20:.0f} MiB"
