"""gan_vision.training.matching_samples: conditions of given examples, some at a time."""

import numpy as np
import pytest

from gan_vision.data import Columns, Examples, LabelMap, Photo
from gan_vision.training.matching_samples import matching_samples


class Echo:
    """A generator that answers with its conditions, and keeps how many it was asked for at a time."""

    def __init__(self, latents=True):
        self.latents, self.counts = latents, []

    def fixed_latent(self, count):
        return np.arange(count)[:, None] if self.latents else None

    def generate(self, condition, count, *, latent=None, raw=False):
        self.counts.append(count)
        return condition["label"] if latent is None else np.stack([condition["label"], latent[:, 0]], axis=1)


@pytest.mark.parametrize("latents", [True, False])
def test_samples_have_the_conditions_of_the_rows_and_noise_in_order(latents):
    images = Examples.of_images(np.zeros((200, 2, 2, 1), np.uint8), np.arange(200))
    rows, gan = np.arange(199, 49, -1), Echo(latents)
    found = np.concatenate(list(matching_samples(gan, images, rows, (-1, 1))))
    assert np.array_equal(found, np.stack([rows, np.arange(150)], axis=1) if latents else rows)
    assert gan.counts == [64, 64, 22]


def test_of_large_conditions_few_are_held_at_a_time():
    class Maps(Echo):
        def generate(self, condition, count, *, latent=None, raw=False):
            self.counts.append(count)
            assert condition["labels"].nbytes <= 256 << 20
            return np.zeros((count, 1))

    columns = {"real": lambda row: np.zeros((512, 1024, 1), np.uint8), "labels": lambda row: np.zeros((512, 1024), np.uint8)}
    examples, gan = Examples(Columns(columns, count=9), {"real": Photo(1), "labels": LabelMap(35)}), Maps(latents=False)
    assert len(np.concatenate(list(matching_samples(gan, examples, np.arange(9), (-1, 1))))) == 9
    assert gan.counts == [3, 3, 3]  # 70 MB each
