"""Word-level WGAN-GP on sentences of 8 words, the length of the samples that the book prints (chapter 8).

gan-text train word-short --data folder:MY_TEXT --filters 192 --max-size 1024 --too-long drop
"""

from __future__ import annotations

import pydantic

from gan_text.recipes import word
from gan_text.recipes.texts import build, load, placeholder

__all__ = ["Config", "build", "load", "placeholder"]


class Config(word.Config):
    """Settings of `word-short`."""

    length: int = pydantic.Field(8, ge=2)
    """Tokens of a row."""
