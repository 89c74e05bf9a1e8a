"""Does augmentation help when pictures are few? 200 and 1,000 emoji without any, with DiffAugment, and with ADA.

python docs/examples/small_data.py OUT [--images 200] [--only adaptive/0] [--seeds 0,1,2] [--steps N]
                                       [--emoji real_data/emoji]

Networks, batch and steps are equal; seeds differ in weights, order and the pictures chosen. All other emoji, train and
test, are what a run is scored against: KID (features of an encoder that tells the ten categories apart, trained on all
training emoji, the same for every run), precision and recall, how often a generated picture is nearer to the training
than to as many other pictures, and by how much the discriminator prefers pictures that it was trained on. A run that
was stopped goes on; a finished one is only scored. Lines go to OUT/scores.jsonl, curves to OUT/curves.png.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
from pathlib import Path

import keras
import numpy as np

import gan_core as core
from gan_core.images import save_image_grid, to_uint8
from gan_core.metrics import evaluate
from gan_core.metrics.extractors.encoder import Encoder, train_encoder
from gan_core.run.checkpoint import Checkpoints
from gan_core.run.config import write_yaml
from gan_core.run.experiment import restore_newest
from gan_core.run.folder import RunFolder
from gan_core.run.metrics_file import read_lines
from gan_vision.data import Examples, load_images
from gan_vision.recipes import small_pictures
from gan_vision.training.validation import KidAgainst

IMAGES = (200, 1000)
SEEDS = "0,1"
STEPS = 1800
AUGMENTATIONS = {
    "none": {},
    "diffaugment": {"augment": "diffaugment", "policy": "color,translation,cutout"},
    "adaptive": {"augment": "adaptive"},
}
SIZE = 32
VALUE_RANGE = (-1.0, 1.0)


def emoji(folder: Path) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """All pictures uint8 (n, 32, 32, 3), the training ones first, and the categories of those."""
    train, test = (load_images(f"folder:{folder / part}", size=SIZE, validation=0.0) for part in ("train", "test"))
    return np.asarray(train.images), np.asarray(test.images), np.asarray(train.labels)


def parts(train: np.ndarray, test: np.ndarray, count: int, seed: int) -> tuple[Examples, Examples]:
    """`count` training pictures, and all that are left."""
    order = np.random.default_rng(seed).permutation(len(train))
    chosen, left = train[np.sort(order[:count])], train[np.sort(order[count:])]
    return (Examples.of_images(chosen, name=f"{count} emoji, seed {seed}"),
            Examples.of_images(np.concatenate([left, test]), name="the other emoji"))


class Watch:
    """The validation of a run: KID, and the discriminator's gap between training pictures and others."""

    def __init__(self, train: Examples, others: Examples, extractor: Encoder):
        self.kid = KidAgainst(others, VALUE_RANGE, extractor=extractor, count=500)
        draw = np.random.default_rng(0)
        self.sides = [examples.images[np.sort(draw.permutation(len(examples))[:200])] for examples in (train, others)]

    def __call__(self, gan) -> dict[str, float]:
        """{"kid", "gap"}: KID, and the mean logit of training pictures minus that of others, without augmentation."""
        means = [float(np.mean(gan.discriminators[0](images.astype(np.float32) / 127.5 - 1, training=False)))
                 for images in self.sides]
        return {**self.kid(gan), "gap": means[0] - means[1]}


def run(folder: Path, config: small_pictures.Config, train: Examples, others: Examples, extractor: Encoder,
        ) -> core.Experiment:
    """Train one game, go on with it, or read it."""
    keras.utils.set_random_seed(config.seed)
    made = dataclasses.replace(small_pictures.RECIPE.build(config, train, others),
                               validation=Watch(train, others, extractor), scores=("kid", "gap"))
    if not folder.exists():
        opened = RunFolder.create(folder, "small_pictures")
        write_yaml(opened.config, "small_pictures", config)
        opened.write_environment()
        core.run_experiment(made, opened, config)
        return made
    opened = RunFolder.open(folder)
    if Checkpoints(opened.checkpoints).steps()[-1:] != [config.steps]:
        core.resume_experiment(made, opened, config)
    else:
        restore_newest(made, opened)
    return made


def scored(made: core.Experiment, train: Examples, others: Examples, extractor: Encoder) -> dict[str, float]:
    """Of a finished run: as many generated pictures as there are others."""
    pictures = to_uint8(made.gan.generate(count=len(others), seed=7), VALUE_RANGE)
    found = {score.metric: score for score in evaluate(
        np.asarray(others.images), pictures, metrics=("kid", "prdc", "memorisation"), extractor=extractor,
        train=np.asarray(train.images), seed=0)}
    return {name: round(score.value, 5) for name, score in found.items()}


def drawn(lines: list[dict], out: Path) -> None:
    """The curves of KID, of the gap and of the augmentation's probability of all runs."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(12, 6), dpi=100)
    boxes = figure.subplots(len(IMAGES), 3, squeeze=False)
    colours = dict(zip(AUGMENTATIONS, ("#7a6a58", "#1f5fa8", "#d9631e"), strict=True))
    for line in lines:
        record = read_lines(Path(line["folder"]) / "metrics.jsonl")
        row = boxes[IMAGES.index(line["images"])]
        for axes, name in zip(row, ("kid", "gap", "aug_p"), strict=True):
            points = [(each["step"], each[name]) for each in record if each.get(name) is not None]
            if points:
                first = line["seed"] == min(each["seed"] for each in lines)
                label = line["augment"] if first else None
                axes.plot(*zip(*points, strict=True), color=colours[line["augment"]], label=label, linewidth=1.2)
            axes.set_title(f"{line['images']} pictures: {name}", fontsize=10)
            axes.grid(alpha=0.25)
        row[0].set_yscale("log", nonpositive="mask")
    boxes[0][0].legend(fontsize=8)
    figure.tight_layout()
    figure.savefig(out)


def main() -> None:
    """Run what is asked for, and print a line for each game."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--images", type=int, choices=IMAGES)
    parser.add_argument("--only", help="part of AUGMENTATION/SEED, such as adaptive/0")
    parser.add_argument("--seeds", default=SEEDS, help="numbers with commas")
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--emoji", type=Path, default=Path("real_data/emoji"))
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    train, test, categories = emoji(given.emoji)
    kept = given.out / "encoder.keras"
    extractor = Encoder.load(kept) if kept.exists() else train_encoder(train, categories, seed=0)
    if not kept.exists():
        extractor.save(kept)
    for count in IMAGES:
        for seed in map(int, given.seeds.split(",")):
            for name, options in AUGMENTATIONS.items():
                if given.images not in (None, count) or (given.only or "") not in f"{name}/{seed}":
                    continue
                chosen, others = parts(train, test, count, seed)
                config = small_pictures.Config(
                    **options, steps=given.steps, seed=seed, channels=3, conditional=False, sample_every=250,
                    checkpoint_every=250, log_every=25)
                folder = given.out / f"{name}-{count}-{seed}"
                made = run(folder, config, chosen, others, extractor)
                save_image_grid(given.out / f"{folder.name}.png", made.gan.generate(count=40, seed=1), columns=8,
                                value_range=VALUE_RANGE)
                line = {"images": count, "augment": name, "seed": seed, "steps": given.steps, "folder": str(folder),
                        **Watch(chosen, others, extractor)(made.gan), **scored(made, chosen, others, extractor)}
                print(json.dumps(line), flush=True)
                with (given.out / "scores.jsonl").open("a", encoding="utf-8") as file:
                    file.write(json.dumps(line) + "\n")
    lines = {line["folder"]: line for line in map(json.loads, (given.out / "scores.jsonl").read_text(
        encoding="utf-8").splitlines())}
    drawn(list(lines.values()), given.out / "curves.png")


if __name__ == "__main__":
    main()
