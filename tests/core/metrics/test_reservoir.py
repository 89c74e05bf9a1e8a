import numpy as np
import pytest

from gan_core.metrics.reservoir import Reservoir


def filled(capacity, rows, batch, seed=0):
    reservoir = Reservoir(capacity, seed)
    for start in range(0, len(rows), batch):
        reservoir.add(rows[start:start + batch])
    return reservoir


@pytest.mark.parametrize("batch", [1, 7, 100])
def test_everything_is_kept_in_order_while_there_is_room(batch):
    rows = np.random.default_rng(0).normal(size=(100, 3))
    reservoir = filled(100, rows, batch)
    np.testing.assert_array_equal(reservoir.rows, rows)
    assert reservoir.complete


def test_of_more_rows_as_many_as_fit_are_kept_each_once():
    kept = filled(10, np.arange(1000), 33)
    assert len(set(kept.rows.tolist())) == 10
    assert kept.seen == 1000
    assert not kept.complete


def test_every_row_has_the_same_chance():
    counts = np.zeros(40)
    for seed in range(2000):
        counts[filled(10, np.arange(40), 7, seed).rows] += 1
    assert np.abs(counts - 500).max() < 5 * np.sqrt(2000 * 0.25 * 0.75)


def test_the_choice_depends_on_the_seed_alone_and_not_on_the_batches():
    rows = np.arange(500)
    np.testing.assert_array_equal(filled(20, rows, 500, 3).rows, filled(20, rows, 11, 3).rows)
    assert set(filled(20, rows, 500, 3).rows) != set(filled(20, rows, 500, 4).rows)


def test_memory_stays_at_the_capacity():
    reservoir = filled(50, np.zeros((5000, 4), np.float32), 100)
    assert reservoir._kept.nbytes == 50 * 4 * 4
