"""How a step of ours is compared with a bare one, and how long a step waits for its data."""

from __future__ import annotations

import time
from collections.abc import Callable

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


def step_row(name: str, times: dict[str, np.ndarray], promised: str = "at most 1.05") -> Row:
    """The row of `in_turn`'s answer: the ratio of the medians, and the middle half of the repetitions' own ratios."""
    fit, bare = np.median(times["fit"]), np.median(times["bare"])
    low, high = np.quantile(times["fit"] / times["bare"], (0.25, 0.75))
    return (f"{name}: `fit` / bare TensorFlow step, medians of {len(times['fit'])} repetitions",
            f"{fit / bare:.3f} (middle half {low:.3f} to {high:.3f}; {bare * 1e3:.0f} ms, {fit * 1e3:.0f} ms)",
            promised)


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
