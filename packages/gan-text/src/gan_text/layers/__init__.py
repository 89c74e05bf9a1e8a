"""Keras layers of the text networks, registered for serialisation under "gan_text"."""

import gan_core.layers  # noqa: F401  (saved networks hold layers of both packages: importing this one registers all)
from gan_text.layers.completion import Completion, PreviousGiven
from gan_text.layers.feedback_cell import FeedbackLSTMCell
from gan_text.layers.residual_block import ResidualBlock1D
from gan_text.layers.straight_through import StraightThroughGumbel

__all__ = [
    "Completion",
    "FeedbackLSTMCell",
    "PreviousGiven",
    "ResidualBlock1D",
    "StraightThroughGumbel",
]
