"""A trained run of text-to-image: pictures of what one writes. Imports no TensorFlow until networks are asked for."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from gan_core.errors import ConfigError, DataError
from gan_core.images.sheet import FORMATS, check_suffix, save_image_grid
from gan_vision.data.kept_captions import KeptCaptions, spread
from gan_vision.data.preview import LINES
from gan_vision.data.text_encoders import encode_texts
from gan_vision.data.word_codes import WordCodes
from gan_vision.image_run import ARRAYS, ImageRun

BATCH = 256  # texts at a time


class TextToImageRun(ImageRun):
    """A run whose generator makes pictures of captions.

    Attributes:
        encoder: list of n texts -> float (n, k), for runs on vectors that came with their data; set it to the function
            that made those vectors. It is never read from the run folder.
        nearest_caption: whether such a run takes, for a text of one's own, the vector of the caption in its data that
            is most like it.

    Example:
        >>> run = gan_vision.open_run("runs/00000-text_to_image-shapes")
        >>> run.save("circle.png", run.generate(8, text="a red circle with a green border"))
    """

    encoder: Callable[[list[str]], np.ndarray] | None = None
    nearest_caption: bool = False

    @functools.cached_property
    def captions(self) -> KeptCaptions:
        """Words and captions of the pictures that it was trained on."""
        return KeptCaptions.read(self.folder.path)

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """The vectors of texts, float32 (n, k), as the generator reads them.

        Words that no caption of the training had are named in a warning.

        Raises:
            ConfigError: an empty text, or a run on vectors of an encoder that it does not have.
            DataError: `encoder` gives vectors of another length.
        """
        texts = [str(text) for text in texts]
        if empty := [text for text in texts if not text.strip()]:
            raise ConfigError(f"a caption must have at least one word. Received: {empty[0]!r}.")
        if self.config.vector_size is None:
            self._warn_of_unseen(texts)
            encoder = self.gan.prepare.caption_encoder
            codes = WordCodes(encoder.words, encoder.runs, encoder.buckets).codes(texts)
            return np.concatenate([np.asarray(encoder(codes[start:start + BATCH]))
                                   for start in range(0, len(codes), BATCH)])
        if self.encoder is not None:
            return encode_texts(self.encoder, texts, size=self.config.vector_size)
        kept = {caption: row for row, caption in enumerate(self.captions.captions)}
        if self.nearest_caption:
            nearest = [self.captions.captions[self.captions.nearest(text)] for text in texts]
            for text, found in zip(texts, nearest, strict=True):
                if found != text:
                    logging.getLogger(__name__).warning("%r: taking the caption %r", text, found)
            texts = nearest
        elif unknown := [text for text in texts if text not in kept]:
            raise ConfigError(
                f"{self.folder.path} was trained on vectors that came with its captions, and does not have the encoder "
                f"that made them. Received: {unknown[0]!r}. Pass --encoder MODULE:FUNCTION with that encoder, or "
                "--nearest-caption to take the most similar caption of the data.")
        vectors = self.captions.vectors
        if vectors is None or vectors.shape[1] != self.config.vector_size:
            raise DataError(f"{self.folder.path} has captions without their vectors of {self.config.vector_size} "
                            "numbers. Expected: captions.npy. Copy it from where the run was trained.")
        return vectors[[kept[text] for text in texts]]

    def _warn_of_unseen(self, texts: Sequence[str]) -> None:
        words = dict.fromkeys(word for text in texts for word in self.captions.unseen(text))
        if words:
            logging.getLogger(__name__).warning("never seen in training: %s", ", ".join(words))

    def condition_of(self, label, count, text: str | Sequence[str] | None = None):
        """What `samples` is asked for: {"text": vectors of the texts}, by default of captions of the training.

        Args:
            label: not for these runs.
            count: int.
            text: one for all samples, or as many as there are samples.

        Raises:
            ConfigError: a label, or another number of texts.
        """
        if label is not None:
            raise ConfigError(f"this run makes pictures of captions, not of classes. Received: label={label!r}. Use "
                              "`--text`.")
        return {"text": self.encode(self.texts(count, text))}

    def conditions_of(self, examples, rows):
        """{"text": vectors} of some examples: those that came with them, or of their first captions."""
        if self.config.vector_size is not None:
            return {"text": examples.conditions(rows, self.value_range)["text"]}
        captions = examples.gather(np.asarray(rows), ("captions",))["captions"]
        return {"text": self.encode([texts[0] for texts in captions])}

    def texts(self, count: int, text: str | Sequence[str] | None = None) -> list[str]:
        """The captions of `count` samples; by default some of the training, from all over them."""
        if text is None:
            return spread(self.captions.captions, count)
        wanted = [text] * count if isinstance(text, str) else list(text)
        if len(wanted) != count:
            raise ConfigError(f"`text` must be one caption, or one for each of the {count} samples. Received: "
                              f"{len(wanted)}.")
        return wanted

    def samples(self, count: int, *, seed: int = 0, raw: bool = False, condition=None) -> np.ndarray:
        """Floats as `TrainedRun.samples`; without a condition of captions of the training."""
        if condition is None and count > 0:
            condition = self.condition_of(None, count)
        return super().samples(count, seed=seed, raw=raw, condition=condition)

    def generate(self, count: int, *, seed: int = 0, label=None, raw: bool = False,
                 text: str | Sequence[str] | None = None) -> np.ndarray:
        """Images as `ImageRun.generate`, of captions.

        Args:
            count: int >= 1.
            seed: of the noise.
            label: not for these runs.
            raw: whether to use the trained generator instead of its average.
            text: a caption for all, or one for each; by default captions of the training.
        """
        if count < 1:
            raise ConfigError(f"`--count` must be at least 1. Received: count={count}.")
        return self.images_of(self.inputs(count, seed=seed, label=label, text=text), raw=raw)

    def generate_batches(self, count: int, *, seed: int = 0, label=None, raw: bool = False,
                         text: str | None = None) -> Iterator[np.ndarray]:
        """Images as `ImageRun.generate_batches`, of one caption, or of those of the training in turn.

        Args:
            count: int >= 1.
            seed: of the noise.
            label: not for these runs.
            raw: whether to use the trained generator instead of its average.
            text: a caption for all.

        Raises:
            ConfigError: as `generate`.
        """
        if label is not None:
            self.condition_of(label, 1)  # refuses
        texts = self.captions.captions[:max(count, 1)] if text is None else (text,)
        vectors = self.encode(texts)
        return self._in_batches(count, seed, lambda numbers: {"text": vectors[numbers % len(vectors)]},
                                functools.partial(self.images_of, raw=raw))

    def names_by_number(self, count: int, *, label=None, text: str | None = None) -> tuple[str, ...]:
        """The caption of each image of `generate_batches`."""
        texts = self.captions.captions if text is None else (text,)
        return tuple(texts[number % len(texts)] for number in range(count))

    def save_captioned(self, path: Path | str, samples: np.ndarray, captions: Sequence[str]) -> Path:
        """Write images with their captions, a row for each caption where there are several images of each.

        Args:
            path: as in `save`.
            samples: uint8 (n, height, width, channels), those of the first caption first.
            captions: one for every image, or one for every so many.
        """
        path = check_suffix(Path(path), (*FORMATS, ARRAYS))
        if path.suffix.lower() == ARRAYS:
            return self.save(path, samples)
        each = len(samples) // len(captions)
        if each == 1:
            return save_image_grid(path, samples, labels=captions, label_lines=LINES, keep_opacity=True)
        return save_image_grid(path, samples, each, captions=captions, keep_opacity=True)
