"""Any callable or Keras model of the user's as an extractor."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from gan_core.errors import DataError
from gan_core.metrics.extractors.base import DIGITS, Extractor, file_hash, weights_hash
from gan_core.model_files import load_network


class CallableExtractor(Extractor):
    """Features by a function of yours, or by a Keras model.

    Args:
        function: uint8 (n, height, width, channels) -> (n, dimension) or (n, ...), which is flattened; a Keras model
            gets float32 in `value_range`. A model with several outputs returns a dict with "features" (and "logits").
        name: str, becomes part of the identity of every score.
        size: int, (height, width) or None: resize images first (antialiased).
        channels: 1 or 3: convert images first; None: as they are.
        value_range: (low, high) that 0 and 255 become for a Keras model.
        hash: str, what tells two functions of one name apart; by default that of a model's weights, and "" for a
            function, whose scores then cannot be told from those of another function of this name.

    Example:
        >>> extractor = CallableExtractor(lambda images: images.mean(axis=(1, 2)), "mean-colour")
    """

    def __init__(self, function: Callable, name: str, *, size: int | tuple[int, int] | None = None,
                 channels: int | None = None, value_range: tuple[float, float] = (-1.0, 1.0), hash: str | None = None):
        self.function, self.name, self.size, self.channels = function, name, size, channels
        self.value_range = value_range
        self.resize = "bilinear-antialias" if size else "none"
        self._is_model = hasattr(function, "get_weights")
        if self._is_model:
            self.name += f"[{value_range[0]:g},{value_range[1]:g}]"
        self.hash = hash if hash is not None else weights_hash(function.get_weights()) if self._is_model else ""
        if not self.hash:
            self.caveat = f"the function {name!r} has no hash: nothing shows whether two scores used the same one"

    def batch(self, images) -> np.ndarray:  # noqa: D102
        answer = self._answer(images)
        if isinstance(answer, dict):
            if "features" not in answer:
                raise DataError(f"the model of the extractor {self.name!r} must return \"features\" among its outputs. "
                                f"Received: {', '.join(map(repr, answer))}.")
            answer = answer["features"]
        features = np.asarray(answer, np.float32)
        if features.ndim == 0 or len(features) != len(images):
            raise DataError(f"the extractor {self.name!r} must return one row per image. "
                            f"Received: shape {features.shape} for {len(images)} images.")
        features = features.reshape(len(features), -1)
        self.dimension = features.shape[1]
        return features

    def logits(self, images) -> np.ndarray | None:  # noqa: D102
        return np.asarray(self._answer(images)["logits"], np.float32) if self.is_classifier else None

    @property
    def is_classifier(self) -> bool:  # noqa: D102
        outputs = getattr(self.function, "_outputs_struct", None)  # `output_names` are layers, not the keys of the dict
        return self._is_model and isinstance(outputs, dict) and "logits" in outputs

    def _answer(self, images):
        if self._is_model:
            low, high = self.value_range
            return self.function(self.resized(images) / 255 * (high - low) + low, training=False)
        if self.size or self.channels not in (None, images.shape[-1]):
            images = np.clip(np.rint(np.asarray(self.resized(images))), 0, 255).astype(np.uint8)
        return self.function(images)


def keras_extractor(path: Path | str, *, size: int | None = None,
                    value_range: tuple[float, float] = (-1.0, 1.0)) -> CallableExtractor:
    """A saved Keras model as an extractor; its identity holds the hash of the file.

    Args:
        path: `.keras` file of a model: float32 (n, height, width, 1 or 3) -> features.
        size: int, pixels that images are resized to; by default what the model's input demands.
        value_range: (low, high) of the model's input.

    Raises:
        DataError: as `load_network`, or the model takes no images.

    Example:
        >>> extractor = keras_extractor("my_classifier.keras")
    """
    path = Path(path)
    model = load_network(path)
    shape = getattr(model, "input_shape", None)
    if not isinstance(shape, tuple) or len(shape) != 4 or shape[-1] not in (1, 3):
        raise DataError(f"{path}: a model for features must take images (n, height, width, 1 or 3). Found: {shape}.")
    wanted: int | tuple[int, int] | None = size
    if size is None and None not in shape[1:3]:
        wanted = shape[1] if shape[1] == shape[2] else (shape[1], shape[2])
    return CallableExtractor(model, f"keras:{path.stem}", size=wanted, channels=shape[-1], value_range=value_range,
                             hash=file_hash(path)[:DIGITS])
