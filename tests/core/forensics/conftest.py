import numpy as np
import pytest


def draw_digits_like(count: int, seed: int) -> np.ndarray:
    """Pixels with the distribution of handwritten digits: 80.9 % exactly 0, a second mode near white; 8 bits over 256."""
    rng = np.random.default_rng(seed)
    shape = (count, 28, 28)
    ink = np.where(rng.random(shape) < 0.40, rng.integers(250, 256, shape), rng.integers(1, 250, shape))
    return np.where(rng.random(shape) < 0.809, 0, ink) / 256


@pytest.fixture(scope="session")
def digits_like() -> np.ndarray:
    return draw_digits_like(300, seed=1)


@pytest.fixture(scope="session")
def other_digits_like() -> np.ndarray:
    return draw_digits_like(200, seed=2)


@pytest.fixture(scope="session")
def sigmoid_fakes() -> np.ndarray:
    """The same two modes as a saturating sigmoid would put them out: near the ends, never on them."""
    rng = np.random.default_rng(3)
    shape = (300, 28, 28)
    black = rng.random(shape) < 0.809
    logits = np.where(black, rng.normal(-9, 1.5, shape), rng.normal(2, 3, shape))
    return 1 / (1 + np.exp(-logits))
