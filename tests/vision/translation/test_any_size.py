"""The same network for pictures of any size: equal answers at the size of training, and how often it halves."""

import keras
import numpy as np
import pytest

from gan_core.errors import ConfigError
from gan_core.game.per_sample import PerSample
from gan_vision.models import pix2pix, pix2pix_hd, resnet_translation
from gan_vision.translation.any_size import allowed_sizes, any_size

NETWORKS = {
    "pix2pix": lambda: pix2pix.build_generator(32, width=4),
    "levels": lambda: pix2pix.build_generator((48, 96), width=4, levels=4),
    "batch norm, as it samples": lambda: PerSample(statistics="own").applied(
        pix2pix.build_generator(32, width=4, normalization="batch")),
    "book": lambda: pix2pix.build_generator(64, width=4, variant="book"),
    "global": lambda: pix2pix_hd.build_generator((16, 32), source_channels=4, width=4, halvings=2, blocks=1),
    "enhanced": lambda: pix2pix_hd.build_generator(32, source_channels=4, width=4, halvings=2, blocks=1, enhancers=1),
    "resnet": lambda: resnet_translation.build_generator(16, width=4, blocks=1),
}
STEPS = {"pix2pix": (32, 32), "levels": (16, 32), "batch norm, as it samples": (32, 32), "book": (32, 64), "global": (4, 8),
         "enhanced": (8, 16), "resnet": (4, 8)}


def inputs(network, size):
    draw = np.random.default_rng(0)
    given = {"source": draw.normal(size=(2, *size, network.inputs[0].shape[-1])).astype("float32")}
    return {**given, "seeds": np.ones((2, 2), np.int64)} if len(network.inputs) > 1 else given


@pytest.mark.parametrize("name", NETWORKS)
def test_it_answers_as_before_and_takes_other_sizes(name):
    network = NETWORKS[name]()
    free = any_size(network)
    before = tuple(network.inputs[0].shape[1:3])
    np.testing.assert_allclose(free(inputs(network, before)), network(inputs(network, before)), atol=1e-5)
    step = STEPS[name][0]
    other = (before[0] + step, before[1] + 3 * step)
    assert free(inputs(network, other)).shape == (2, *other, 3)


@pytest.mark.parametrize("name", NETWORKS)
def test_the_smallest_map_says_which_sizes_there_are(name):
    assert tuple(allowed_sizes(NETWORKS[name]())) == STEPS[name]


def test_a_network_with_a_dense_end_is_refused():
    source = keras.Input((8, 8, 3), name="source")
    dense = keras.layers.Reshape((8, 8, 3))(keras.layers.Dense(192)(keras.layers.Flatten()(source)))
    with pytest.raises(ConfigError, match="is for one size only"):
        any_size(keras.Model(source, dense, name="dense"))
