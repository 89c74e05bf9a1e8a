"""A small encoder trained on the user's own images, in minutes on a CPU, stored with its hash.

With labels it learns to classify them; without, to tell by how many quarter turns an image was rotated
(Gidaris et al. 2018, arXiv:1803.07728), which needs no labels and forces it to recognise what is shown.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from gan_core.errors import DataError
from gan_core.metrics.extractors.base import Extractor, check_images, weights_hash

DIMENSION = 128


class Encoder(Extractor):
    """Features of the last hidden layer, scaled to unit variance on the training images.

    Args:
        model: Keras model: float32 (n, size, size, 3) in [-1, 1] -> {"features": (n, 128), "logits": (n, classes)}.
        scale: float32 (128,), what features are divided by.
        task: "classes" or "rotations".
        accuracy: on images held out of its training.
    """

    resize = "bilinear-antialias"
    dimension = DIMENSION

    def __init__(self, model, scale: np.ndarray, *, task: str, accuracy: float):
        self.model, self.scale, self.task, self.accuracy = model, np.asarray(scale, np.float32), task, accuracy
        self.size = model.input_shape[1]
        self.name = f"encoder({task})"
        self.hash = weights_hash([*model.get_weights(), self.scale])

    def batch(self, images) -> np.ndarray:  # noqa: D102
        return np.asarray(self.model(self.resized(images) / 127.5 - 1, training=False)["features"]) / self.scale

    def logits(self, images) -> np.ndarray | None:  # noqa: D102
        if self.task != "classes":
            return None
        return np.asarray(self.model(self.resized(images) / 127.5 - 1, training=False)["logits"])

    def probabilities(self, images, batch_size: int = 256) -> np.ndarray:
        """float64 (n, classes) of a classifier."""
        logits = np.concatenate([self.logits(np.asarray(images[start:start + batch_size]))
                                 for start in range(0, len(images), batch_size)]).astype(np.float64)
        logits -= logits.max(axis=1, keepdims=True)
        return np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)

    def save(self, path: Path | str) -> Path:
        """Write `path` (.keras) and the numbers beside it (.json)."""
        path = Path(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        self.model.save(path)
        path.with_suffix(".json").write_text(json.dumps({
            "task": self.task, "accuracy": self.accuracy, "hash": self.hash, "scale": self.scale.tolist()}))
        return path

    @classmethod
    def load(cls, path: Path | str) -> Encoder:
        """Read what `save` wrote.

        Raises:
            DataError: a file is missing or the weights are not those that were saved.
        """
        import keras

        path = Path(path)
        try:
            notes = json.loads(path.with_suffix(".json").read_text())
            encoder = cls(keras.saving.load_model(path, compile=False), np.array(notes["scale"]),
                          task=notes["task"], accuracy=notes["accuracy"])
        except (OSError, ValueError, KeyError) as error:
            raise DataError(f"{path} is no encoder that can be read: {error}. Train it again.") from None
        if encoder.hash != notes["hash"]:
            raise DataError(f"{path} is damaged: found weights {encoder.hash}, expected {notes['hash']}. Train it again.")
        return encoder


def train_encoder(images, labels=None, *, size: int | None = None, epochs: int = 12, seed: int = 0,
                  say=lambda text: None) -> Encoder:
    """Train an encoder on real images; nine tenths are learnt from, one tenth measures its accuracy.

    Args:
        images: uint8 (n, height, width, 1 or 3), n ≥ 20.
        labels: int (n,) class ids, or None to learn from rotations.
        size: pixels to work at; by default the images', at most 64.
        epochs: passes.
        seed: of weights and order.
        say: is told the accuracy after every epoch.

    Raises:
        DataError: too few images, or fewer than two classes.
    """
    import keras

    check_images(images)
    if len(images) < 20:
        raise DataError(f"an encoder needs at least 20 images. Received: {len(images)}.")
    if labels is not None and len(np.unique(labels)) < 2:
        raise DataError("an encoder needs images of at least two classes. Received: one. Leave the labels out.")
    draw = np.random.Generator(np.random.PCG64(seed))
    size = size or min(64, images.shape[1])
    resizer = Extractor()
    resizer.size, resizer.resize = size, "bilinear-antialias"
    pictures = np.concatenate([np.asarray(resizer.resized(np.asarray(images[start:start + 512]))) / 127.5 - 1
                               for start in range(0, len(images), 512)])
    order = draw.permutation(len(pictures))
    held = order[: max(1, len(order) // 10)]
    learnt = order[len(held):]
    classes = 4 if labels is None else int(np.max(labels)) + 1
    model = _network(size, classes, seed)
    optimizer = keras.optimizers.Adam(1e-3)
    step = _train_function(model, optimizer)
    for epoch in range(epochs):
        for start in range(0, len(learnt) - 31, 64):
            x, y = _task(pictures, labels, draw.permutation(learnt)[:64] if len(learnt) < 64
                         else learnt[start:start + 64], draw)
            step(x, y)
        learnt = draw.permutation(learnt)
        x, y = _task(pictures, labels, held, draw)
        accuracy = float(np.mean(np.argmax(np.asarray(model(x, training=False)["logits"]), 1) == y))
        say(f"encoder: epoch {epoch + 1}/{epochs}, held-out accuracy {accuracy:.3f}")
    features = np.concatenate([np.asarray(model(pictures[start:start + 256], training=False)["features"])
                               for start in range(0, len(pictures), 256)])
    scale = np.maximum(features.std(axis=0), 1e-3)
    return Encoder(model, scale, task="rotations" if labels is None else "classes", accuracy=accuracy)


def _task(pictures, labels, rows, draw):
    if labels is not None:
        return pictures[rows], np.asarray(labels)[rows]
    turns = draw.integers(0, 4, len(rows))
    return np.stack([np.rot90(pictures[row], turn) for row, turn in zip(rows, turns, strict=True)]), turns


def _train_function(model, optimizer):
    import keras
    import tensorflow as tf

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
    for number, width in enumerate((32, 64, 96)):
        x = layers.Conv2D(width, 3, padding="same", activation="relu", kernel_initializer=kernel(number),
                          dtype="float32")(x)
        x = layers.MaxPooling2D(2, dtype="float32")(x) if x.shape[1] >= 4 else x
    if size >= 32:
        x = layers.Conv2D(DIMENSION, 3, padding="same", activation="relu", kernel_initializer=kernel(8),
                          dtype="float32")(x)
        x = layers.MaxPooling2D(2, dtype="float32")(x)
    x = layers.Flatten(dtype="float32")(x)
    features = layers.Dense(DIMENSION, activation="relu", kernel_initializer=kernel(9), dtype="float32")(x)
    logits = layers.Dense(classes, kernel_initializer=kernel(10), dtype="float32")(features)
    return keras.Model(image, {"features": features, "logits": logits}, name="encoder")
