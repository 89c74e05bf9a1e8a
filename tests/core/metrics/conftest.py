"""An extractor without TensorFlow, and images of a distribution that is known."""

import numpy as np
import pytest

from gan_core.metrics.extractors.base import Extractor


class Blocks(Extractor):
    """Means of 3x3 blocks of pixels, in tens of grey levels; classes by the brightest quarter if asked."""

    name, hash = "blocks", "0123456789abcdef"

    def __init__(self, classifier=False):
        self.classifier, self.calls = classifier, 0

    def batch(self, images):
        self.calls += 1
        count, height, width, _ = images.shape
        means = images.reshape(count, height // 3, 3, width // 3, 3, -1).mean(axis=(2, 4, 5))
        return (means.reshape(count, -1) / 10).astype(np.float32)

    @property
    def is_classifier(self):
        return self.classifier

    def logits(self, images):
        features = self.batch(images)
        self.calls -= 1
        return features[:, :4] if self.classifier else None


def noise(count, seed, shift=0, size=12):
    """uint8 (count, size, size, 1): independent blocks of 3x3 pixels around 120 + shift."""
    draw = np.random.default_rng(seed)
    blocks = np.repeat(np.repeat(draw.normal(120 + shift, 30, (count, size // 3, size // 3, 1)), 3, 1), 3, 2)
    return np.clip(blocks + draw.normal(0, 5, (count, size, size, 1)), 0, 255).astype(np.uint8)


@pytest.fixture
def blocks():
    return Blocks()


@pytest.fixture
def block_classifier():
    return Blocks(classifier=True)


@pytest.fixture
def make_images():
    return noise
