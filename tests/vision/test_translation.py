"""pix2pix from a folder of pairs, in Python: networks, pairs and the game together."""

import keras
import numpy as np
import pytest
from PIL import Image

import gan_core as core
from gan_vision.data import load_pairs
from gan_vision.models import pix2pix

SIZE = 32


@pytest.fixture(scope="module")
def pairs(tmp_path_factory):
    """Four discs: their outlines in A, filled with a colour of their own in B."""
    root = tmp_path_factory.mktemp("pairs")
    rows, columns = np.mgrid[:SIZE, :SIZE]
    for number, colour in enumerate([(220, 40, 40), (40, 200, 60), (50, 60, 220), (220, 200, 40)]):
        distance = np.hypot(rows - 12 - 2 * number, columns - 20 + 2 * number)
        outline = np.where(abs(distance - 8) < 1, 0, 255).astype(np.uint8)
        filled = np.where((distance < 8)[..., None], colour, 255).astype(np.uint8)
        for side, picture in (("A", outline), ("B", filled)):
            (root / side).mkdir(exist_ok=True)
            Image.fromarray(picture).save(root / side / f"{number}.png")
    return load_pairs(root, layout="split", size=SIZE, source_channels=1)


@pytest.fixture(scope="module")
def trained(pairs):
    """The GAN after 200 steps, and its mean absolute error before and after."""
    keras.utils.set_random_seed(0)
    gan = core.GAN(
        pix2pix.build_generator(SIZE, 3, source_channels=1, width=8),
        pix2pix.build_discriminator(SIZE, 3, source_channels=1, width=8, halvings=2),
        core.Objective(core.NonSaturating(), auxiliary=(core.Reconstruction(100),)), core.NoLatent(),
        prepare=pairs.prepare(pix2pix.VALUE_RANGE), update="shared", sampling=core.PerSample(), seed=1)
    gan.compile(*(keras.optimizers.Adam(1e-3, 0.5) for _ in range(2)))
    before = error(gan, pairs)
    gan.fit(pairs.loader(1, seed=0).dataset(steps=200), steps_per_epoch=200, shuffle=False, verbose=0)
    return gan, before, error(gan, pairs)


def error(gan, pairs):
    rows = np.arange(len(pairs))
    real = pairs.gather(rows, ("real",))["real"] / 127.5 - 1
    return np.abs(gan.generate(pairs.conditions(rows, pix2pix.VALUE_RANGE), len(rows)) - real).mean()


@pytest.mark.slow
def test_it_learns_four_pairs(trained):
    _, before, after = trained
    assert after < 0.5 * before


@pytest.mark.slow
def test_a_source_has_as_many_translations_as_seeds(trained, pairs):
    """Dropout stays on: it is the only noise."""
    gan, *_ = trained
    condition = pairs.conditions(np.zeros(1, int), pix2pix.VALUE_RANGE)
    first, again, other = (gan.generate(condition, 1, seed=seed) for seed in (0, 0, 1))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)
