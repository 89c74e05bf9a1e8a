"""gan_vision.data.rejects: decoding in parallel keeps the order and reads only a little ahead."""

import os

import numpy as np
import pytest

from gan_core.images import ImageError
from gan_vision.data.rejects import Reject, decode_all


def decode(item):
    if item % 10 == 3:
        raise ImageError(f"{item}.png", "found text")
    return np.full((1, 1, 1), item % 256, np.uint8)


def test_results_come_in_order_with_rejects_in_place():
    results = list(decode_all(range(100), decode))
    assert [item for item, _ in results] == list(range(100))
    assert results[13][1] == Reject("13.png", "found text")
    assert all(image[0, 0, 0] == item for item, image in results if item % 10 != 3)


def test_only_a_few_items_are_read_ahead():
    drawn = []
    stream = decode_all((drawn.append(item) or item for item in range(10_000)), decode)
    for _ in range(5):
        next(stream)
    stream.close()
    assert len(drawn) <= 5 + 4 * min(os.cpu_count(), 8) + 1


def test_other_errors_are_not_hidden():
    with pytest.raises(ZeroDivisionError):
        list(decode_all([1], lambda item: item // 0))
