"""Pictures that can be told apart: bars and blobs, uint8."""

import numpy as np
import pytest


@pytest.fixture(scope="session")
def bars():
    """80 images (80, 12, 12, 1) of two classes, upright and lying bars with noise, and their labels."""
    draw = np.random.default_rng(0)
    images = draw.integers(0, 60, (80, 12, 12, 1))
    labels = np.arange(80) % 2
    for image, label, place in zip(images, labels, draw.integers(2, 9, 80), strict=True):
        image[(slice(None), slice(place, place + 2)) if label else slice(place, place + 2)] += 180
    return images.astype(np.uint8), labels
