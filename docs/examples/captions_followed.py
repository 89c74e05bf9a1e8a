"""Does a text-to-image run on synthetic shapes make what its captions say?

python docs/examples/captions_followed.py RUN [RUN ...]

A small network, which never sees a generated picture, learns colour, shape and border from 12,000 real pictures of all
combinations. It then judges 20 pictures of each caption whose combination was held out of the run's training, and
pairs of captions in which the colours of shape and border are exchanged.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import keras
import numpy as np

import gan_vision
from gan_vision.data.shapes import COLORS, COMBINATIONS, SHAPES, Combination, draw, make_shapes

ASPECTS = {"color": tuple(COLORS), "shape": SHAPES, "border": (None, *COLORS)}
EACH = 20  # pictures of a caption


def classifier(size: int, count: int = 12_000, epochs: int = 6) -> keras.Model:
    """Pictures (n, size, size, 3) of 0..255 -> probabilities of each aspect."""
    keras.utils.set_random_seed(1)
    x = picture = keras.Input((size, size, 3))
    x = keras.layers.Rescaling(1 / 127.5, -1.0)(x)
    for filters in (32, 64, 96):
        x = keras.layers.Conv2D(filters, 3, strides=2, padding="same", activation="relu")(x)
        x = keras.layers.BatchNormalization(momentum=0.9)(x)
    x = keras.layers.Dense(128, activation="relu")(keras.layers.Flatten()(x))
    outputs = {name: keras.layers.Dense(len(values), activation="softmax", name=name)(x)
               for name, values in ASPECTS.items()}
    network = keras.Model(picture, outputs)
    network.compile("adam", loss=dict.fromkeys(ASPECTS, "sparse_categorical_crossentropy"), jit_compile=False)
    pictures, labels = real(size, count, seed=7)
    network.fit(pictures, labels, batch_size=64, epochs=epochs, verbose=0)
    return network


def real(size: int, count: int, seed: int) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Real pictures of all combinations, and the numbers of their aspects."""
    random = np.random.default_rng(seed)
    chosen = [COMBINATIONS[number] for number in random.integers(len(COMBINATIONS), size=count)]
    return np.stack([draw(each, size, random) for each in chosen]).astype(np.float32), numbers(chosen)


def numbers(combinations) -> dict[str, np.ndarray]:
    """Of each aspect the position among its values."""
    return {name: np.array([values.index(getattr(each, name)) for each in combinations])
            for name, values in ASPECTS.items()}


def judged(network: keras.Model, pictures: np.ndarray, wanted: list[Combination]) -> dict[str, float]:
    """The share of pictures that show what was asked for."""
    found = {name: values.argmax(axis=1) for name, values in network.predict(
        pictures.astype(np.float32), verbose=0).items()}
    right = {name: found[name] == expected for name, expected in numbers(wanted).items()}
    shares = {name: float(each.mean()) for name, each in right.items()}
    return {**shares, "all": float(np.all(list(right.values()), axis=0).mean())}


def main() -> None:
    """Judge every run, a line each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("runs", type=Path, nargs="+")
    given = parser.parse_args()
    networks: dict[int, keras.Model] = {}
    unseen = [COMBINATIONS[number] for number in sorted(set(make_shapes(1000, size=16).held_out.labels.tolist()))]
    swapped = [Combination(border, shape, color) for color, shape, border in (
        (each.color, each.shape, each.border) for each in unseen) if border is not None]
    for path in given.runs:
        run = gan_vision.open_run(path)
        size = run.config.size
        if size not in networks:
            networks[size] = classifier(size)
            pictures, labels = real(size, 2000, seed=8)
            shown = [Combination(*(values[labels[name][row]] for name, values in ASPECTS.items()))
                     for row in range(len(pictures))]
            told = judged(networks[size], pictures, shown)
            print(json.dumps({"real pictures, unseen": rounded(told)}), flush=True)
        line = {"run": str(path), "step": run.step, "mode": run.config.mode, "seed": run.config.seed}
        for name, combinations in (("held out", unseen), ("held out, exchanged", swapped)):
            wanted = [each for each in combinations for _ in range(EACH)]
            made = run.generate(len(wanted), seed=11, text=[each.captions[0] for each in wanted])
            line[name] = rounded(judged(networks[size], made, wanted))
        print(json.dumps(line), flush=True)


def rounded(shares: dict[str, float]) -> dict[str, float]:
    """Of three digits."""
    return {name: round(share, 3) for name, share in shares.items()}


if __name__ == "__main__":
    main()
