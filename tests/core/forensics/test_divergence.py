import numpy as np
import pytest

from gan_core.errors import DataError
from gan_core.forensics.divergence import jsd


def test_hand_value():
    assert jsd([0.5, 0.5], [0.9, 0.1]) == pytest.approx(0.101749, abs=5e-7)


def test_disjoint_histograms_give_ln_2():
    assert jsd([1, 0], [0, 1]) == pytest.approx(0.693147, abs=5e-7)


def test_equal_histograms_give_0():
    assert jsd([1, 2, 3], [1, 2, 3]) == 0


def test_counts_need_no_normalising():
    assert jsd([50, 50], [9, 1]) == pytest.approx(jsd([0.5, 0.5], [0.9, 0.1]), abs=1e-15)


def test_it_is_symmetric():
    assert jsd([1, 2, 7], [3, 3, 1]) == pytest.approx(jsd([3, 3, 1], [1, 2, 7]), abs=1e-15)


def test_it_is_the_square_of_scipys_distance():
    from scipy.spatial.distance import jensenshannon

    p, q = np.random.default_rng(0).random((2, 50))
    p[:10] = 0
    assert jsd(p, q) == pytest.approx(jensenshannon(p, q) ** 2, abs=1e-12)


@pytest.mark.parametrize(("p", "q", "message"), [
    ([1, 1], [1, 1, 1], "the same bins. Received: 2 and 3"),
    ([1, -1], [1, 1], "`p` must hold finite, non-negative"),
    ([1, 1], [0, 0], "`q` must hold .* positive sum"),
    ([1, np.nan], [1, 1], "`p` must hold finite"),
    ([], [], "`p` must hold"),
])
def test_bad_input_is_refused(p, q, message):
    with pytest.raises(DataError, match=message):
        jsd(p, q)
