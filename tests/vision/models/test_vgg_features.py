"""Features for the perceptual term: from a local file alone, on the pictures as the weights expect them."""

import keras
import numpy as np
import pytest

from gan_core.errors import DataError
from gan_vision.models.vgg_features import LAYERS, MEANS, vgg_features


def test_a_file_that_is_not_there_is_named_with_the_way_out(tmp_path):
    with pytest.raises(DataError, match=r"cannot read the VGG19 weights .*none.h5: no such file.*leave `vgg` out"):
        vgg_features(tmp_path / "none.h5")


def test_other_weights_are_refused(tmp_path):
    (tmp_path / "vgg.weights.h5").write_bytes(b"nothing")
    with pytest.raises(DataError, match="does not hold the weights of VGG19"):
        vgg_features(tmp_path / "vgg.weights.h5")


@pytest.mark.slow
def test_they_are_the_first_convolution_of_each_block_in_blue_green_red(tmp_path):
    network = keras.applications.VGG19(include_top=False, weights=None)
    network.save_weights(tmp_path / "vgg.weights.h5")
    pictures = np.random.default_rng(0).uniform(-1, 1, (1, 32, 32, 3)).astype("float32")
    found = vgg_features(tmp_path / "vgg.weights.h5")(pictures)
    assert [tuple(each.shape[1:]) for each in found] == [(32, 32, 64), (16, 16, 128), (8, 8, 256), (4, 4, 512), (2, 2, 512)]
    by_hand = keras.Model(network.input, network.get_layer(LAYERS[1]).output)((pictures[..., ::-1] + 1) * 127.5 - np.float32(MEANS))
    np.testing.assert_allclose(found[1], by_hand, rtol=1e-4, atol=1e-4)
