"""How a step of ours is compared with a bare one, and how long a step waits for its data."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np

Row = tuple[str, str, str]


def in_turn(runs: dict[str, Callable], *, steps: int, repetitions: int) -> dict[str, np.ndarray]:
    """Wall seconds per step of each, measured in turn so that drifts of the machine hit all alike.

    Args:
        runs: name -> makes `steps` steps and waits for them.
        steps: per repetition.
        repetitions: one more is made first, which traces.
    """
    times: dict[str, list[float]] = {name: [] for name in runs}
    for repetition in range(repetitions + 1):
        for name, run in runs.items():
            started = time.perf_counter()
            run()
            if repetition:
                times[name].append((time.perf_counter() - started) / steps)
    return {name: np.array(values) for name, values in times.items()}


def in_processes(measure: Callable, *arguments, count: int) -> list:
    """What `measure(*arguments)` returns in each of `count` processes of its own, one after the other.

    Ratios of steps of 20 ms were seen to differ by several per cent between processes, however often each repeats them.
    """
    with ProcessPoolExecutor(1, get_context("spawn"), max_tasks_per_child=1) as processes:
        return [processes.submit(measure, *arguments).result() for _ in range(count)]


def step_row(name: str, *processes: dict[str, np.ndarray], promised: str = "at most 1.05") -> Row:
    """The row of `in_turn`'s answers: the ratio of the medians, with the middle half of the repetitions' own ratios.

    Of several processes it is the one whose ratio is in the middle, with the ratios of all.
    """
    ratios = [np.median(times["fit"]) / np.median(times["bare"]) for times in processes]
    middle = sorted(range(len(ratios)), key=ratios.__getitem__)[len(ratios) // 2]
    fit, bare = processes[middle]["fit"], processes[middle]["bare"]
    low, high = np.quantile(fit / bare, (0.25, 0.75))
    others = f"; of {len(ratios)} processes {', '.join(f'{ratio:.3f}' for ratio in sorted(ratios))}"
    return (f"{name}: `fit` / bare TensorFlow step, medians of {len(fit)} repetitions",
            f"{ratios[middle]:.3f} (middle half {low:.3f} to {high:.3f}; {np.median(bare) * 1e3:.0f} ms, "
            f"{np.median(fit) * 1e3:.0f} ms{others if len(ratios) > 1 else ''})", promised)


def loader_row(name: str, gan, loader, steps: int) -> Row:
    """The share of the steps that waits for data, with the pipeline running beside them as in training."""
    gan.fit(loader.dataset(0, 3), steps_per_epoch=3, verbose=0, shuffle=False)
    waiting, iterator, started = 0.0, iter(loader.dataset(0, steps)), time.perf_counter()
    for _ in range(steps):
        before = time.perf_counter()
        batch = next(iterator)
        waiting += time.perf_counter() - before
        gan.train_function(iter([batch]))
        gan.running_means.total.numpy()  # wait for the step, as the non-finite guard of a run does
    return (f"share of the {name} step spent waiting for the loader",
            f"{waiting / (time.perf_counter() - started):.2%}", "below 3 %")
