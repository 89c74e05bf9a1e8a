"""The `prepare` of a game on captions whose encoder learns with the run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import keras

from gan_vision.data.preparation import Preparation


class CaptionPreparation(keras.layers.Layer):
    """A `Preparation` that holds both encoders, so that checkpoints do: a run is then asked with words alone.

    Args:
        preparation: of fields that use `captions`.
        captions: the encoder of captions.
        pictures: that of pictures, which learns beside it.
    """

    def __init__(self, preparation: Preparation, captions: Any, pictures: keras.Model):
        super().__init__(name="caption_preparation", dtype="float32", autocast=False)
        self.preparation, self.caption_encoder, self.picture_encoder = preparation, captions, pictures
        self.built = True

    def __call__(self, batch: Mapping, stream=None) -> dict:  # a layer's own call takes tensors alone
        """The batch as the networks read it."""
        return self.preparation(batch, stream)
