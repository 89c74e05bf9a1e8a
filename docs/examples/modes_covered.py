"""How many modes each game covers: four games with the same networks, data and steps, each with two seeds.

python docs/examples/modes_covered.py OUT [--data grid|digits] [--only GAME/SEED] [--steps N]

The games: the non-saturating loss and the relativistic one in pairs, each with R1 alone and with R1 and R2 (Huang et
al. 2024, arXiv:2501.05441, section 2). The data: a grid of 5 x 5 normal distributions in the plane, and "stacked
digits", three handwritten digits in the three channels of a picture of 8 pixels: 1,000 classes, of which 25,600 samples
are counted by a support vector machine per channel. A run that was stopped goes on; a finished one is only counted.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import time
from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np

import gan_core as core
from gan_core.metrics.functional import mode_analysis
from gan_core.run.checkpoint import Checkpoints
from gan_core.run.config import RunConfig, write_yaml
from gan_core.run.folder import RunFolder

SEEDS = (0, 1)
LOSSES = {"non_saturating": core.NonSaturating, "relativistic": core.Relativistic}
PENALTIES = {"r1": (core.R1,), "r1+r2": (core.R1, core.R2)}
SPACING, SPREAD = 2.0, 0.05  # of the grid
SAMPLES = 25_600


@dataclasses.dataclass(frozen=True)
class Task:
    """Data, networks for them, and how samples are counted.

    Args:
        modes: int.
        real: () -> float32 (n, ...), in the range of the generator.
        networks: () -> the generator and the discriminator.
        modes_of: (samples, real) -> int (n,), the mode of each, -1 for none.
        latent: length of the noise.
        gamma: of the penalties.
        steps: of each run.
        batch_size: samples per step.
    """

    modes: int
    real: Callable
    networks: Callable
    modes_of: Callable
    latent: int
    gamma: float
    steps: int
    batch_size: int


def grid(count: int = 100_000) -> np.ndarray:
    """Points of 25 normal distributions on a grid, in equal shares: float32 (count, 2)."""
    draw = np.random.default_rng(0)
    return (centres()[np.arange(count) % 25] + SPREAD * draw.normal(size=(count, 2))).astype(np.float32)


def centres() -> np.ndarray:
    """Of the 25 distributions, (25, 2)."""
    line = SPACING * (np.arange(5) - 2)
    return np.stack(np.meshgrid(line, line), -1).reshape(25, 2)


def modes_on_grid(points: np.ndarray, real: np.ndarray) -> np.ndarray:
    """The nearest centre, if it is at most 3 standard deviations away."""
    distance = np.linalg.norm(points[:, None] - centres()[None], axis=-1)
    return np.where(distance.min(1) <= 3 * SPREAD, distance.argmin(1), -1)


def perceptrons() -> tuple[keras.Model, keras.Model]:
    """Three hidden layers of 128 each."""
    def hidden(x):
        for _ in range(3):
            x = keras.layers.LeakyReLU(negative_slope=0.2)(keras.layers.Dense(128, kernel_initializer="he_normal")(x))
        return x

    z, sample = keras.Input((16,), name="latent"), keras.Input((2,), name="sample")
    return (keras.Model(z, keras.layers.Dense(2)(hidden(z)), name="generator"),
            keras.Model(sample, keras.layers.Dense(1)(hidden(sample)), name="discriminator"))


def stacked_digits(count: int = 50_000) -> np.ndarray:
    """Three digits of the 1,797 in each picture: float32 (count, 8, 8, 3) in [-1, 1]."""
    digits, _ = _digits()
    rows = np.random.default_rng(0).integers(len(digits), size=(count, 3))
    return np.moveaxis(digits[rows][..., 0], 1, -1).astype(np.float32) / 127.5 - 1


def digit_triples(pictures: np.ndarray, real: np.ndarray) -> np.ndarray:
    """The number that a support vector machine reads in the three channels, 0..999."""
    from sklearn.svm import SVC

    digits, labels = _digits()
    reader = SVC(gamma="scale", C=10).fit(digits.reshape(len(digits), -1) / 127.5 - 1, labels)
    read = [reader.predict(np.clip(pictures[..., channel], -1, 1).reshape(len(pictures), -1)) for channel in range(3)]
    return 100 * read[0] + 10 * read[1] + read[2]


def _digits() -> tuple[np.ndarray, np.ndarray]:
    from gan_vision.data import load_images

    found = load_images("digits", size=8, channels=1, validation=0.0)
    return np.asarray(found.images), np.asarray(found.labels)


def residual_networks() -> tuple[keras.Model, keras.Model]:
    """Those of R3GAN, 48 channels."""
    from gan_vision.models import r3gan

    return (r3gan.build_generator(8, 3, width=48, latent=64), r3gan.build_discriminator(8, 3, width=48))


TASKS = {
    "grid": Task(25, grid, perceptrons, modes_on_grid, latent=16, gamma=0.1, steps=20_000, batch_size=256),
    "digits": Task(1000, stacked_digits, residual_networks, digit_triples, latent=64, gamma=1.0, steps=6_000,
                   batch_size=64),
}


def experiment(task: Task, loss: str, penalties: str, seed: int, steps: int) -> core.Experiment:
    """One game."""
    keras.utils.set_random_seed(seed)
    terms = tuple(term(task.gamma) for term in PENALTIES[penalties])
    gan = core.GAN(*task.networks(), core.Objective(LOSSES[loss](), regularizers=terms), core.Normal(task.latent),
                   ema=0.999, seed=seed)
    gan.compile(*(keras.optimizers.Adam(core.Cosine(1e-3, 1e-4, steps), 0.0, 0.99) for _ in range(2)))
    loader = core.Loader(core.ArraySource({"real": task.real()}), task.batch_size, seed=seed)
    return core.Experiment(gan, [core.Phase(loader, steps)])


def run(task: Task, loss: str, penalties: str, seed: int, folder: Path, steps: int) -> dict:
    """Train one game, or go on with it, and count."""
    config = RunConfig(steps=steps, batch_size=task.batch_size, seed=seed, sample_every=steps, log_every=500,
                       checkpoint_every=1000)
    made, started = experiment(task, loss, penalties, seed, steps), time.time()
    if folder.exists():
        opened = RunFolder.open(folder)
        if Checkpoints(opened.checkpoints).steps()[-1:] != [steps]:
            core.resume_experiment(made, opened, config)
        else:
            from gan_core.run.experiment import restore_newest

            restore_newest(made, opened)
    else:
        opened = RunFolder.create(folder, "modes")
        write_yaml(opened.config, "modes", config)
        opened.write_environment()
        core.run_experiment(made, opened, config)
    minutes = (time.time() - started) / 60
    found = mode_analysis(task.modes_of(made.gan.generate(count=SAMPLES, batch_size=1024), task.real), task.modes)
    return {"game": f"{loss} {penalties}", "seed": seed, "steps": steps, "minutes": round(minutes, 1),
            "modes": found.covered, "of": task.modes, "none": round(found.unassigned, 4),
            "divergence": round(found.divergence, 4)}


def main() -> None:
    """Run what is asked for, print a line for each game, and keep the lines in OUT/DATA.jsonl."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--data", choices=TASKS, default="grid")
    parser.add_argument("--only", help="part of GAME/SEED, such as relativistic/0")
    parser.add_argument("--steps", type=int)
    given = parser.parse_args()
    task = TASKS[given.data]
    real = task.real()[:SAMPLES]
    counted = mode_analysis(task.modes_of(real, task.real), task.modes)
    print(f"as many real samples: {counted.covered} modes, {counted.unassigned:.4f} of none, divergence "
          f"{counted.divergence:.4f}", flush=True)
    for seed in SEEDS:
        for loss in LOSSES:
            for penalties in PENALTIES:
                name = f"{loss}/{penalties}/{seed}"
                if given.only is None or given.only in name:
                    folder = given.out / given.data / name.replace("/", "-")
                    line = json.dumps(run(task, loss, penalties, seed, folder, given.steps or task.steps))
                    print(line, flush=True)
                    with (given.out / f"{given.data}.jsonl").open("a", encoding="utf-8") as file:
                        file.write(line + "\n")


if __name__ == "__main__":
    main()
