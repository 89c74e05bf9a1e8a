"""What an encoder of captions learns before the game: which caption belongs to which picture."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import tensorflow as tf

from gan_core.game.schedules import Cosine
from gan_core.progress import say, track
from gan_core.random import Stream, fold
from gan_vision.data.captioned_batches import captioned_loader
from gan_vision.data.examples import Examples
from gan_vision.data.row_choice import choose_rows

BATCH, LOOK, MOST = 128, 100, 512  # examples of a step; steps between two looks at held-out examples; so many of them
RATE, SHARPNESS = 1e-3, 14.0  # Adam; what the cosines are multiplied by (1 / 0.07, as in the paper's beginning)
DROPPED_WORDS = 0.2  # of the words themselves, so that their letters must do


class CaptionMatching:
    """Trains two encoders so that a picture and its caption have similar vectors, and others have not.

    The mean of two cross-entropies: of the captions of a batch the picture's own, and of the pictures the caption's own
    (Radford et al. 2021, arXiv:2103.00020). Equal captions in a batch are equally right. Of the weights after every 100
    steps those with the smallest loss on held-out examples are kept. It is the `before` of an experiment; the same
    seed gives the same weights.

    Args:
        captions: `CaptionEncoder`.
        pictures: network of float32 (batch, size, size, channels) in `value_range`.
        train: examples whose "text" are `CaptionCodes`.
        validation: held-out ones, or None.
        value_range: (low, high).
        steps: int >= 1.
        seed: int.
        flip, crop: as in `Examples.loader`.
    """

    def __init__(self, captions: Any, pictures: keras.Model, train: Examples, validation: Examples | None,
                 value_range: tuple[float, float], *, steps: int, seed: int, flip: bool = False,
                 crop: int | None = None):
        self.captions, self.pictures, self.train, self.validation = captions, pictures, train, validation
        self.value_range, self.steps, self.seed, self.flip, self.crop = value_range, steps, seed, flip, crop

    def __call__(self, gan=None) -> None:
        """Train."""
        loader = captioned_loader(self.train, min(BATCH, len(self.train)), seed=fold(self.seed, "matching"),
                                  captions=1, mismatched=None, flip=self.flip, crop=self.crop)
        optimizer = keras.optimizers.Adam(Cosine(RATE, 0.0, self.steps))
        variables = [*self.captions.trainable_variables, *self.pictures.trainable_variables]
        optimizer.build(variables)
        weights = [*self.captions.weights, *self.pictures.weights]
        prepare = self.train.prepare(self.value_range)

        @tf.function(jit_compile=False, autograph=False)
        def learn(batch, step):
            # The mean over captions is of one here, and it stops the gradient: the codes go to the encoder themselves.
            codes = batch["text"][:, 0]
            kept = Stream(self.seed, step, "matching").chance(tf.shape(codes)[:2], "words", 1 - DROPPED_WORDS)
            seen = tf.concat([codes[..., :1] * tf.cast(kept, tf.int32)[..., None], codes[..., 1:]], -1)
            pictures = prepare({"real": batch["real"]})["real"]
            with tf.GradientTape() as tape:
                loss = matching_loss(self.captions(seen), self.pictures(pictures, training=True), codes)
            optimizer.apply(tape.gradient(loss, variables), variables)
            return loss

        held_out = self._held_out()
        best, kept = np.inf, None
        batches = iter(loader.dataset(steps=self.steps))
        for step in track(range(self.steps), "matching captions and pictures", self.steps):
            learn(next(batches), tf.constant(step, tf.int64))
            if held_out is not None and ((step + 1) % LOOK == 0 or step + 1 == self.steps):
                loss = self._loss(*held_out)
                if loss < best:
                    best, kept = loss, [np.array(weight) for weight in weights]
        if kept is not None:
            for weight, value in zip(weights, kept, strict=True):
                weight.assign(value)
        say(self._told(held_out))

    def _held_out(self):
        """Codes and pictures of held-out examples: the first caption of each."""
        if self.validation is None or len(self.validation) < 2:
            return None
        rows = choose_rows(len(self.validation), MOST, self.seed)
        found = self.validation.gather(rows, ("real", "text"))
        return tf.constant(found["text"][:, 0]), self.validation.prepare(self.value_range)({"real": found["real"]})[
            "real"]

    def _vectors(self, codes, pictures) -> tuple[tf.Tensor, tf.Tensor]:
        parts = [(self.captions(codes[start:start + BATCH]), self.pictures(pictures[start:start + BATCH]))
                 for start in range(0, len(codes), BATCH)]
        texts, images = zip(*parts, strict=True)
        return tf.concat(texts, 0), tf.concat(images, 0)

    def _loss(self, codes, pictures) -> float:
        return float(matching_loss(*self._vectors(codes, pictures), codes))

    def _told(self, held_out) -> str:
        if held_out is None:
            return f"captions are encoded by what {self.steps:,} steps of matching taught"
        texts, pictures = self._vectors(*held_out)
        found = retrieved(np.asarray(texts), np.asarray(pictures), [bytes(code) for code in np.asarray(held_out[0])])
        return (f"of {len(held_out[0])} held-out pictures {found:.0%} find their own caption among all of them "
                f"(by chance {1 / len(held_out[0]):.1%})")


def matching_loss(texts: tf.Tensor, pictures: tf.Tensor, codes: tf.Tensor) -> tf.Tensor:
    """The mean of both cross-entropies, scalar float32.

    Args:
        texts: float32 (batch, k), vectors of captions of mean square 1.
        pictures: float32 (batch, k), of the pictures.
        codes: int32 (batch, ...), of the captions: equal ones are equally right.
    """
    logits = SHARPNESS * tf.matmul(texts, pictures, transpose_b=True) / tf.cast(tf.shape(texts)[1], tf.float32)
    flat = tf.reshape(codes, [tf.shape(codes)[0], -1])
    same = tf.cast(tf.reduce_all(flat[:, None] == flat[None], -1), tf.float32)
    wanted = same / tf.reduce_sum(same, 1, keepdims=True)
    return 0.5 * tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(wanted, logits)
                                + tf.nn.softmax_cross_entropy_with_logits(wanted, tf.transpose(logits)))


def retrieved(texts: np.ndarray, pictures: np.ndarray, captions: list) -> float:
    """The share of pictures whose nearest caption, of all of them, is their own.

    Args:
        texts: (n, k), vectors of captions.
        pictures: (n, k), row i belongs to caption i.
        captions: n hashable captions: equal ones are equally right.
    """
    nearest = (pictures @ texts.T).argmax(axis=1)
    return float(np.mean([captions[row] == captions[found] for row, found in enumerate(nearest)]))
