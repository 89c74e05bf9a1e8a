"""The memory that training takes, measured by training for three steps in a process of its own.

What TensorFlow once took it does not give back, so only a fresh process shows what one setting needs, and only there
does running out of memory harm nothing else. Importing this loads no TensorFlow.
"""

from __future__ import annotations

import dataclasses
import multiprocessing
import os
import signal
import sys
from collections.abc import Iterator
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gan_core.errors import GanError
from gan_core.progress import say
from gan_core.run.config import RunConfig, validate
from gan_core.run.device import start_tensorflow
from gan_core.run.recipe import Recipe

if TYPE_CHECKING:
    from gan_core.run.experiment import Phase

STEPS = 3
BATCHES = (1, 2, 4)  # multiples of the chosen batch size, so that a person sees what fits
NO_MEMORY = "not enough memory"


@dataclasses.dataclass(frozen=True)
class Memory:
    """What one probe found.

    Args:
        setting: "default", or the names of the preset and the file that the settings come from.
        size: of the settings, where they have one.
        batch_size: examples per update.
        peak_bytes: the most that the process held in the memory of the computer; None where it cannot be measured.
        before_first_step_bytes: the most that it held before the first step: TensorFlow and the built networks.
        gpu_peak_bytes: the most that it held in the memory of the GPU; None without GPU.
        failure: why nothing was measured; None if it was.
    """

    setting: str
    size: int | str | None
    batch_size: int
    peak_bytes: int | None = None
    before_first_step_bytes: int | None = None
    gpu_peak_bytes: int | None = None
    failure: str | None = None


def measure_memory(recipe: Recipe, settings: RunConfig, *, setting: str = "default") -> list[Memory]:
    """The memory of the chosen settings at several batch sizes, then that of every preset of the recipe.

    Call it before TensorFlow starts in this process, which would take the memory of the GPU from the probes.

    Args:
        recipe: whose settings they are.
        settings: the chosen ones.
        setting: what to call them.

    Returns:
        One row per probe, also for those that failed.
    """
    rows = []
    for name, values, batch_size in wanted_probes(recipe, settings, setting):
        say(f"measuring {recipe.name}, {name}, batch size {batch_size}: {STEPS} steps in a process of their own ...")
        rows.append(probe(recipe, values, setting=name, batch_size=batch_size))
    return rows


def wanted_probes(recipe: Recipe, settings: RunConfig, setting: str) -> Iterator[tuple[str, RunConfig, int]]:
    """(name of the settings, settings, batch size) of every probe of `measure_memory`."""
    for factor in BATCHES:
        yield setting, settings, factor * settings.batch_size
    for name in recipe.presets:
        values = recipe.settings(preset=name)
        if values != settings:
            yield name, values, values.batch_size


def probe(recipe: Recipe, settings: RunConfig, *, setting: str, batch_size: int) -> Memory:
    """Train for three steps in a fresh process, and report the memory that it took.

    Args:
        recipe: its functions must be found by name in another process.
        settings: of the recipe.
        setting: what to call them.
        batch_size: in place of that of `settings`.

    Returns:
        What was found. Whatever goes wrong is its `failure`, in words.
    """
    size = getattr(settings, "size", None) if "size" in type(settings).model_fields else None
    context = multiprocessing.get_context("spawn")  # a fork would begin with all that this process holds
    here, there = context.Pipe()
    process = context.Process(target=_answer, args=(there,))
    process.start()
    there.close()  # the process has its own: the pipe then ends when it does
    try:
        with here:
            found = _ask(process, here, (recipe, settings, batch_size))
    finally:  # also at the interrupt key; what it would still do at its end is of no use
        process.kill()
        process.join()
    return dataclasses.replace(Memory(setting, size, batch_size), **found)


def train_first_steps(gan, phase: Phase) -> None:
    """Three steps of a phase as `TrainingProcess` does them, in at least one of which the generator learns."""
    gan.make_train_function()
    batches = iter(gan.distribute_strategy.experimental_distribute_dataset(phase.data.dataset(steps=STEPS)))
    for step in range(STEPS):
        if step == STEPS - 1 and not int(gan.generator_steps.numpy()):
            gan.critic_streak.assign(2**31)  # with n_critic=5 its turn comes later, and it needs memory of its own
        gan.train_function(batches)
        gan.running_means.total.numpy()  # wait for the step


def peak_memory() -> int | None:
    """Bytes: the most that this process has held in memory so far; None where the system does not say (Windows)."""
    # Linux: getrusage also counts what the parent held when it started this process, which can be far more.
    try:
        lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:"))
    except (OSError, StopIteration):
        pass
    try:
        import resource
    except ImportError:
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def _ask(process: BaseProcess, connection: Connection, work: tuple[Recipe, RunConfig, int]) -> dict[str, Any]:
    """Fields of `Memory` from the process of a probe."""
    try:
        connection.send(work)
    except OSError:
        pass  # it has ended already: see below
    except Exception as error:  # what cannot be sent raises errors of several kinds
        return {"failure": f"the recipe cannot be handed to another process: {error}. Define its functions at the top "
                           "of a module."}
    try:
        return connection.recv()
    except (EOFError, OSError):
        process.join()
        return {"failure": _end_in_words(process.exitcode)}


def _answer(connection: Connection) -> None:
    """The process of a probe: receives the arguments of `_measured` and sends fields of `Memory`."""
    silence = os.open(os.devnull, os.O_WRONLY)
    for descriptor in (1, 2):  # what native libraries write passes by sys.stderr; what failed is sent
        os.dup2(silence, descriptor)
    try:
        found = _measured(*connection.recv())  # in here, so that a module that is not found is a failure in words
    except GanError as error:
        found = {"failure": str(error)}
    except Exception as error:
        if isinstance(error, MemoryError) or type(error).__name__ == "ResourceExhaustedError":
            found = {"failure": NO_MEMORY}
        else:
            found = {"failure": f"unexpected {type(error).__name__}: {(str(error).splitlines() or ['no details'])[0]}"}
    connection.send(found)


def _measured(recipe: Recipe, settings: RunConfig, batch_size: int) -> dict[str, Any]:
    """Fields of `Memory`, of this process."""
    if batch_size != settings.batch_size:
        values = {**settings.model_dump(exclude_unset=True), "batch_size": batch_size}
        settings = validate(type(settings), values, f"batch size {batch_size}")
    start_tensorflow(seed=settings.seed, precision=settings.precision)
    import tensorflow as tf

    experiment = recipe.build(settings, *recipe.placeholder(settings))
    for phase in experiment.phases:  # to the last one, in which networks that grow are largest
        if phase.start is not None:
            phase.start(experiment.gan)
    before = peak_memory()
    train_first_steps(experiment.gan, phase)
    gpu = tf.config.experimental.get_memory_info("GPU:0")["peak"] if tf.config.list_physical_devices("GPU") else None
    return {"peak_bytes": peak_memory(), "before_first_step_bytes": before, "gpu_peak_bytes": gpu}


def _end_in_words(code: int | None) -> str:
    """Why a process sent nothing.

    Args:
        code: its exit code; the negative number of a signal that ended it.
    """
    if code is None or code >= 0:
        return f"the process ended with exit code {code}"
    name = next((each.name for each in signal.Signals if each == -code), f"signal {-code}")
    # the system ends processes by SIGKILL when memory runs out; native code aborts where it gets none
    likely = f", most likely {NO_MEMORY}" if name in ("SIGKILL", "SIGABRT") else ""
    return f"the process was ended by {name}{likely}"
