import tracemalloc
import warnings

import numpy as np
import pytest

from gan_core.errors import ConfigError, DataError
from gan_core.metrics.functional import BlockwiseKernelDistance, MetricWarning, kernel_distance


@pytest.fixture(autouse=True)
def quiet():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", MetricWarning)
        yield


@pytest.fixture
def sets():
    return np.random.default_rng(0).normal(np.array([[[0.0]], [[0.3]]]), 1, size=(2, 47, 4))


@pytest.mark.parametrize("cuts", [[], [1, 2, 3], [5, 25, 46]])
@pytest.mark.parametrize("count", [40, 46, 47])
def test_streaming_equals_batch_to_1e_9(sets, cuts, count):
    x, y = sets[:, :count]
    stream = BlockwiseKernelDistance(10)
    for a, b in zip(np.split(x, cuts), np.split(y, cuts), strict=True):
        stream.update(a, b)
    result, batch = stream.result(), kernel_distance(x, y, estimator="per_batch", batch_size=10)
    assert result.value == pytest.approx(batch.value, rel=1e-9)
    assert result.spread == pytest.approx(batch.spread, rel=1e-9)
    assert result.parts == batch.parts


def test_one_side_may_arrive_after_the_other(sets):
    stream = BlockwiseKernelDistance(10)
    stream.update(real=sets[0])
    stream.update(fake=sets[1])
    assert stream.result().value == pytest.approx(
        kernel_distance(*sets, estimator="per_batch", batch_size=10).value, rel=1e-9
    )


def test_asking_for_the_result_does_not_end_the_stream(sets):
    stream = BlockwiseKernelDistance(10)
    stream.update(*sets[:, :13])
    stream.result()
    stream.update(*sets[:, 13:])
    assert stream.result() == pytest.approx(stream.result())
    assert stream.result().parts == 5


def test_merged_streams_hold_the_blocks_of_both(sets):
    first, second = BlockwiseKernelDistance(10), BlockwiseKernelDistance(10)
    first.update(*sets[:, :20])
    second.update(*sets[:, 20:40])
    first.merge(second)
    assert first.result().value == pytest.approx(
        kernel_distance(*sets[:, :40], estimator="per_batch", batch_size=10).value, rel=1e-9
    )


def test_a_buffer_that_the_caller_reuses_does_not_change_the_value(sets):
    stream, buffer = BlockwiseKernelDistance(40), np.empty((2, 20, 4))
    for start in (0, 20):
        buffer[:] = sets[:, start : start + 20]
        stream.update(*buffer)
    assert stream.result().value == pytest.approx(
        kernel_distance(*sets[:, :40], estimator="per_batch", batch_size=40).value, rel=1e-9
    )


def test_memory_does_not_grow_with_the_samples():
    def peak(batches):
        generator, stream = np.random.default_rng(0), BlockwiseKernelDistance(100)
        tracemalloc.start()
        for _ in range(batches):
            stream.update(*generator.normal(size=(2, 70, 16)))
        used = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return used

    assert peak(300) < 1.2 * peak(20)


def test_streams_of_unequal_length_are_refused(sets):
    stream = BlockwiseKernelDistance(10)
    stream.update(sets[0], sets[1][:40])
    with pytest.raises(DataError, match="7 more real than fake"):
        stream.result()


@pytest.mark.parametrize("count", [0, 1])
def test_fewer_than_two_samples_are_refused(sets, count):
    stream = BlockwiseKernelDistance(10)
    stream.update(*sets[:, :count])
    with pytest.raises(DataError, match="at least 2 samples"):
        stream.result()


def test_another_dimension_or_block_size_is_refused(sets):
    stream = BlockwiseKernelDistance(10)
    stream.update(*sets)
    with pytest.raises(DataError, match="`fake` must have 4 features as before"):
        stream.update(fake=np.ones((3, 5)))
    with pytest.raises(DataError, match="one `block_size`"):
        stream.merge(BlockwiseKernelDistance(11))
    with pytest.raises(ConfigError, match="`block_size`"):
        BlockwiseKernelDistance(1)
