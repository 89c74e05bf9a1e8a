"""A small encoder trained on the user's own images, in minutes on a CPU, stored with its hash.

With labels it learns to classify them; without, to tell by how many quarter turns an image was rotated
(Gidaris et al. 2018, arXiv:1803.07728), which needs no labels and forces it to recognise what is shown.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np

from gan_core.errors import ConfigError, DataError
from gan_core.files import whole_path, write_whole
from gan_core.metrics.extractors.base import Extractor, check_images, over_white, weights_hash
from gan_core.model_files import load_network

DIMENSION = 128
FEWEST = 20
LARGEST = 64  # pixels it works at, unless asked
MOST = 20_000  # images it learns from: 250 MB at 64 pixels
BATCH = 64
TASKS = ("classes", "rotations")


class Encoder(Extractor):
    """Features of the last hidden layer, scaled to a mean variance of 1 on the training images.

    Args:
        model: Keras model: float32 (n, size, size, 3) in [-1, 1] -> {"features": (n, 128), "logits": (n, classes)}.
        scale: float > 0, what all features are divided by.
        task: "classes" or "rotations".
        accuracy: on images held out of its training, in [0, 1].
    """

    resize = "bilinear-antialias"
    dimension = DIMENSION

    def __init__(self, model, scale: float, *, task: str, accuracy: float):
        if task not in TASKS:
            raise ConfigError(f"`task` must be one of {', '.join(TASKS)}. Received: task={task!r}.")
        self.model, self.scale, self.task, self.accuracy = model, float(scale), task, accuracy
        self.size = model.input_shape[1]
        self.name = f"encoder({task})"
        self.hash = weights_hash([*model.get_weights(), np.float32(self.scale)])
        self.caveat = (f"features learnt from this data set by telling its {task} apart (accuracy {accuracy:.0%} on "
                       "images held out of its training): compare only scores of the same encoder")

    def batch(self, images) -> np.ndarray:  # noqa: D102
        return np.asarray(self._answer(images)["features"]) / np.float32(self.scale)

    def logits(self, images) -> np.ndarray | None:  # noqa: D102
        return np.asarray(self._answer(images)["logits"]) if self.is_classifier else None

    @property
    def is_classifier(self) -> bool:  # noqa: D102
        return self.task == "classes"

    def probabilities(self, images, batch_size: int = 256) -> np.ndarray:
        """float64 (n, classes) of a classifier.

        Raises:
            ConfigError: it was trained on rotations.
        """
        if not self.is_classifier:
            raise ConfigError("an encoder trained without labels has no class probabilities. "
                              "Received: task='rotations'.")
        batches = (over_white(np.asarray(images[start:start + batch_size]))
                   for start in range(0, len(images), batch_size))
        logits = np.concatenate([np.asarray(self._answer(batch)["logits"]) for batch in batches]).astype(np.float64)
        logits -= logits.max(axis=1, keepdims=True)
        return np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)

    def _answer(self, images):
        return self.model(self.resized(images) / 127.5 - 1, training=False)

    def save(self, path: Path | str) -> Path:
        """Write `path` (.keras) and the numbers beside it (.json); each appears complete or not at all.

        Raises:
            ConfigError: another suffix.
        """
        path = Path(path)
        if path.suffix != ".keras":
            raise ConfigError(f"`path` must end in .keras. Received: path={str(path)!r}.")
        with whole_path(path) as temporary:
            self.model.save(temporary)
        write_whole(path.with_suffix(".json"), json.dumps({"task": self.task, "accuracy": self.accuracy,
                                                           "hash": self.hash, "scale": self.scale}))
        return path

    @classmethod
    def load(cls, path: Path | str) -> Encoder:
        """Read what `save` wrote.

        Raises:
            DataError: a file is missing or damaged, or the weights are not those that were saved.
        """
        path = Path(path)
        if path.exists() and not path.with_suffix(".json").exists():
            raise DataError(f"{path.with_suffix('.json')} is missing: an encoder is two files, and {path.name} is only "
                            "one of them. Put the other beside it.")
        try:
            notes = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
            encoder = cls(load_network(path), float(notes["scale"]),
                          task=notes["task"], accuracy=float(notes["accuracy"]))
            expected = notes["hash"]
        except (DataError, OSError, ValueError, KeyError, TypeError) as error:
            raise DataError(f"{path} is no encoder that can be read: {str(error).splitlines()[0]}. "
                            "Remove it, and train it again.") from None
        if encoder.hash != expected:
            raise DataError(f"{path} is damaged: found weights {encoder.hash}, expected {expected}. "
                            "Remove it, and train it again.")
        return encoder


def train_encoder(images, labels=None, *, size: int | None = None, epochs: int = 12, seed: int = 0,
                  limit: int = MOST, say: Callable[[str], None] = lambda text: None) -> Encoder:
    """Train an encoder on real images; nine tenths are learnt from, one tenth measures its accuracy.

    Args:
        images: uint8 (n, height, width, 1, 3 or 4), n ≥ 20; with opacity they are laid over white.
        labels: int (n,) class ids ≥ 0, or None to learn from rotations.
        size: pixels to work at; by default the images' smaller side, at most 64.
        epochs: passes.
        seed: of weights and order.
        limit: int ≥ 20; of more images so many are drawn at random, which bounds memory and time.
        say: is told the accuracy after every epoch.

    Returns:
        `Encoder`.

    Raises:
        DataError: too few images, labels that do not fit, or fewer than two classes.
        ConfigError: an option out of range.

    Example:
        >>> train_encoder(images, labels).save("encoder.keras")
    """
    check_images(images)
    labels = _checked_labels(labels, len(images))
    if len(images) < FEWEST:
        raise DataError(f"an encoder needs at least {FEWEST} images. Received: {len(images)}.")
    if epochs < 1 or limit < FEWEST or (size is not None and size < 4):
        raise ConfigError(f"`epochs` must be at least 1, `limit` {FEWEST} and `size` 4. "
                          f"Received: epochs={epochs}, limit={limit}, size={size}.")
    draw = np.random.Generator(np.random.PCG64(seed))
    size = size or max(4, min(LARGEST, *images.shape[1:3]))
    rows = np.arange(len(images)) if len(images) <= limit else np.sort(draw.choice(len(images), limit, replace=False))
    pictures = _small(images, rows, size)
    labels = None if labels is None else labels[rows]
    order = draw.permutation(len(pictures))
    held, learnt = np.split(order, [max(1, len(order) // 10)])
    model = _network(size, 4 if labels is None else int(labels.max()) + 1, seed)
    step = _train_function(model)
    for epoch in range(epochs):
        for start in range(0, len(learnt), BATCH):
            batch = learnt[start:start + BATCH]
            if len(batch) >= min(BATCH // 2, len(learnt)):  # a short rest would be a noisy step; it is used next time
                step(*_task(pictures, labels, batch, draw))
        learnt = draw.permutation(learnt)
        accuracy = _accuracy(model, pictures, labels, held, draw)
        say(f"encoder: epoch {epoch + 1}/{epochs}, held-out accuracy {accuracy:.3f}")
    features = np.concatenate([np.asarray(model(_scaled(pictures[start:start + 256]), training=False)["features"])
                               for start in range(0, len(pictures), 256)])
    # One number for all units: a unit that hardly ever fires on real images would otherwise decide every distance as
    # soon as it fires on a generated one.
    scale = max(float(np.sqrt(features.var(axis=0).mean())), 1e-6)
    return Encoder(model, scale, task="rotations" if labels is None else "classes", accuracy=accuracy)


def _checked_labels(labels, count: int) -> np.ndarray | None:
    if labels is None:
        return None
    labels = np.asarray(labels)
    if labels.shape != (count,) or labels.dtype.kind not in "iu":
        raise DataError(f"`labels` must hold one class id per image. Received: {labels.dtype} {labels.shape} for "
                        f"{count} images. Leave the labels out to learn from rotations.")
    if count and labels.min() < 0:
        raise DataError(f"`labels` must be 0 or more. Received: {labels.min()}.")
    if len(np.unique(labels)) < 2:
        raise DataError("an encoder needs images of at least two classes. Received: one. Leave the labels out.")
    return labels.astype(np.int64)


def _small(images, rows: np.ndarray, size: int) -> np.ndarray:
    """uint8 (n, size, size, 3): a quarter of the memory of floats."""
    resizer = Extractor()
    resizer.size, resizer.resize = size, "bilinear-antialias"
    parts = (np.asarray(resizer.resized(over_white(np.asarray(images[rows[start:start + 512]]))))
             for start in range(0, len(rows), 512))
    return np.concatenate([np.clip(np.rint(part), 0, 255).astype(np.uint8) for part in parts])


def _scaled(pictures: np.ndarray) -> np.ndarray:
    return pictures.astype(np.float32) / 127.5 - 1


def _task(pictures, labels, rows, draw):
    if labels is not None:
        return _scaled(pictures[rows]), labels[rows]
    turns = draw.integers(0, 4, len(rows))
    return _scaled(np.stack([np.rot90(pictures[row], turn) for row, turn in zip(rows, turns, strict=True)])), turns


def _accuracy(model, pictures, labels, rows, draw) -> float:
    right = 0
    for start in range(0, len(rows), 256):
        x, y = _task(pictures, labels, rows[start:start + 256], draw)
        right += int(np.sum(np.argmax(np.asarray(model(x, training=False)["logits"]), 1) == y))
    return right / len(rows)


def _train_function(model):
    import keras
    import tensorflow as tf

    optimizer = keras.optimizers.Adam(1e-3)
    optimizer.build(model.trainable_variables)
    loss_of = keras.losses.SparseCategoricalCrossentropy(from_logits=True)

    @tf.function(reduce_retracing=True)
    def step(x, y):
        with tf.GradientTape() as tape:
            loss = loss_of(y, model(x, training=True)["logits"])
        optimizer.apply(tape.gradient(loss, model.trainable_variables), model.trainable_variables)

    return step


def _network(size: int, classes: int, seed: int):
    import keras
    from keras import layers

    # Seeded initialisers and no dropout: the global random state stays untouched.
    def kernel(offset):
        return keras.initializers.HeNormal(seed=seed * 100 + offset)

    image = keras.Input((size, size, 3), name="image", dtype="float32")
    x = image
    for number, width in enumerate((32, 64, 96, DIMENSION) if size >= 32 else (32, 64, 96)):
        x = layers.Conv2D(width, 3, padding="same", activation="relu", kernel_initializer=kernel(number),
                          dtype="float32")(x)
        x = layers.MaxPooling2D(2, dtype="float32")(x) if x.shape[1] >= 4 else x
    x = layers.Flatten(dtype="float32")(x)
    features = layers.Dense(DIMENSION, activation="relu", kernel_initializer=kernel(9), dtype="float32")(x)
    logits = layers.Dense(classes, kernel_initializer=kernel(10), dtype="float32")(features)
    return keras.Model(image, {"features": features, "logits": logits}, name="encoder")
