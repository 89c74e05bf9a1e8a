"""gan_vision.data.row_choice: orders and draws that are the same on every machine."""

import numpy as np
import pytest

from gan_core.errors import ConfigError
from gan_vision.data.row_choice import choose_rows, shuffled


def test_the_order_is_the_same_on_every_machine():
    # Golden: a change here changes what resumed runs train on.
    assert shuffled(10, 0).tolist() == [8, 1, 2, 4, 0, 6, 7, 3, 9, 5]


def test_shuffled_is_a_permutation_for_any_seed():
    for seed in (0, 1, -1, 2**63, 2**70):
        assert sorted(shuffled(50, seed)) == list(range(50))


def test_neighbouring_seeds_give_unrelated_orders():
    orders = np.array([shuffled(1000, seed) for seed in range(4)])
    assert np.abs(np.corrcoef(orders)[np.triu_indices(4, 1)]).max() < 0.12  # 3.8 standard errors of 1/sqrt(1000)


def test_a_limit_draws_sorted_rows_by_seed():
    rows = choose_rows(100, 10, 3)
    assert rows.tolist() == sorted(set(rows.tolist()))
    assert len(rows) == 10
    assert rows.tolist() != choose_rows(100, 10, 4).tolist()


def test_a_limit_above_the_count_takes_everything():
    assert choose_rows(5, 9, 0).tolist() == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("limit", [0, -1])
def test_a_limit_below_one_is_refused(limit):
    with pytest.raises(ConfigError, match="`limit` must be at least 1"):
        choose_rows(5, limit, 0)
