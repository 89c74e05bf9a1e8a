import numpy as np
import pytest

from gan_core.errors import ConfigError
from gan_core.forensics.quantise import quantise


def test_values_go_to_the_nearest_level_and_outside_values_to_the_ends():
    assert quantise([-0.2, 0.0001, 0.26, 0.5, 1.2], levels=3).tolist() == [0, 0, 0.5, 0.5, 1]


def test_bytes_divided_by_255_stay_bit_identical():
    stored = np.arange(256, dtype=np.uint8) / 255
    assert (quantise(stored) == stored).all()


def test_the_book_s_grid_ends_at_255_of_256():
    stored = np.arange(256) / 256
    assert (quantise(stored, top=255 / 256) == stored).all()
    assert quantise([1.0], top=255 / 256)[0] == 255 / 256


def test_no_value_moves_further_than_half_a_step():
    values = np.random.default_rng(0).random(1000)
    assert np.abs(quantise(values) - values).max() <= 0.5 / 255 + 1e-12


@pytest.mark.parametrize(("options", "message"), [({"levels": 1}, "`levels` must be at least 2"),
                                                  ({"top": 0}, "`top` must be positive")])
def test_bad_input_is_refused(options, message):
    with pytest.raises(ConfigError, match=message):
        quantise([0.5], **options)
