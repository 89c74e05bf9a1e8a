"""Pictures of any size, aspect and mode through a generator: what comes out has the size of what went in."""

import keras
import numpy as np
import pytest
from PIL import Image

from gan_core.errors import ConfigError, DataError
from gan_core.game.per_sample import PerSample
from gan_core.images.resize import resize_image
from gan_vision.data import LabelMap
from gan_vision.data.fields import InstanceIds
from gan_vision.models import pix2pix, pix2pix_hd
from gan_vision.translation.translator import Translator

DRAW = np.random.default_rng(0)


def picture(height, width, channels=3):
    """Smooth, so that resizing twice is nearly nothing."""
    coarse = DRAW.integers(0, 256, (4, 4, channels), dtype=np.uint8)
    return resize_image(coarse, (height, width), fit="stretch")


@pytest.fixture(scope="module")
def identity():
    """A network that gives back what it reads, but only at multiples of 8."""
    source = keras.Input((32, 64, 3), name="source")
    halved = source
    for _ in range(3):
        halved = keras.layers.AveragePooling2D(2)(halved)
    zero = keras.layers.UpSampling2D(8)(keras.layers.Conv2D(3, 1, kernel_initializer="zeros")(halved))
    return keras.Model(source, keras.layers.Add()([source, zero]))


@pytest.fixture(scope="module")
def unet():
    keras.utils.set_random_seed(0)
    return pix2pix.build_generator(32, width=4, normalization="batch")


@pytest.mark.parametrize("size", [(32, 64), (64, 128), (50, 37), (33, 200), (8, 8), (1, 1), (3, 90)])
@pytest.mark.parametrize("options", [{}, {"native": True}, {"fit": "stretch"}, {"fit": "pad"}],
                         ids=["fitted", "native", "stretched", "padded"])
def test_a_picture_keeps_its_size_and_what_is_where(identity, size, options):
    given = picture(*size)
    found = Translator(identity, **options)(given)
    assert found.shape == given.shape
    assert found.dtype == np.uint8
    if min(size) > 30:
        assert np.abs(found.astype(int) - given).mean() < 6


@pytest.mark.parametrize("size", [(20, 30), (41, 57), (32, 64)])
def test_a_native_picture_is_not_resized_at_all(identity, size):
    given = DRAW.integers(0, 256, (*size, 3), dtype=np.uint8)
    np.testing.assert_array_equal(Translator(identity, native=True)(given), given)


def test_a_picture_of_the_shape_of_training_is_resized_as_in_training(identity):
    given = DRAW.integers(0, 256, (50, 100, 3), dtype=np.uint8)
    fitted = Translator(identity).fitted({"source": given})
    np.testing.assert_array_equal(fitted.maps["source"], resize_image(given, (32, 64)))


def test_a_super_resolution_enlarges_its_input_and_keeps_that_size(identity):
    found = Translator(identity, kind="small", factor=4)(picture(10, 12))
    assert found.shape == (40, 48, 3)


@pytest.mark.parametrize("statistics", ["own", "stored"])
@pytest.mark.parametrize("dropout", [True, False])
def test_a_picture_alone_and_among_others_comes_out_the_same(unet, statistics, dropout):
    translator = Translator(PerSample(dropout=dropout, statistics=statistics).applied(unet))
    pictures = [picture(40, 40) for _ in range(5)]
    fitted = [translator.fitted(translator.read(each)) for each in pictures]
    for together, given in zip(translator.batch(fitted, seed=3), pictures, strict=True):
        alone = translator(given, seed=3)
        assert np.abs(together.astype(int) - alone).max() <= 1


def test_the_seed_decides_the_noise(unet):
    translator = Translator(PerSample().applied(unet))
    given = picture(32, 32)
    np.testing.assert_array_equal(translator(given, seed=1), translator(given, seed=1))
    assert not np.array_equal(translator(given, seed=1), translator(given, seed=2))


@pytest.mark.parametrize(("mode", "suffix"), [("L", ".png"), ("RGB", ".jpg"), ("RGBA", ".png"), ("P", ".gif"), ("CMYK", ".jpg"),
                                              ("I;16", ".png"), ("1", ".png"), ("LA", ".png")])
def test_files_of_every_mode_are_read(identity, tmp_path, mode, suffix):
    if mode == "I;16":
        image = Image.fromarray(DRAW.integers(0, 65536, (40, 30), dtype=np.uint16))
    else:
        image = Image.fromarray(picture(40, 30)).convert(mode)
    path = tmp_path / f"a{suffix}"
    image.save(path)
    assert Translator(identity)(path).shape == (40, 30, 3)


def test_label_maps_and_instances_become_what_the_network_reads():
    generator = pix2pix_hd.build_generator(16, source_channels=4, width=4, halvings=2, blocks=1)
    translator = Translator(generator, conditions={"labels": LabelMap(3), "instances": InstanceIds()})
    maps = {"labels": np.zeros((20, 24), np.uint8), "instances": np.arange(480).reshape(20, 24).astype(np.uint16)}
    assert translator(maps).shape == (20, 24, 3)
    with pytest.raises(ConfigError, match=r"reads labels, instances. Missing: instances"):
        translator({"labels": maps["labels"]})
    with pytest.raises(DataError, match=r"found the id 9 .*other classes"):
        translator({**maps, "labels": maps["labels"] + 9})
    with pytest.raises(DataError, match="must have one size"):
        translator({**maps, "labels": np.zeros((8, 24), np.uint8)})


@pytest.mark.slow
def test_three_lines_translate_with_a_saved_generator(unet, tmp_path):
    PerSample(statistics="own").applied(unet).save(tmp_path / "generator.keras")
    Image.fromarray(picture(45, 60)).save(tmp_path / "drawing.png")

    import gan_vision
    translate = gan_vision.Translator.load(tmp_path / "generator.keras")
    made = translate(tmp_path / "drawing.png")

    direct = Translator(PerSample(statistics="own").applied(unet))(tmp_path / "drawing.png")
    assert made.shape == (45, 60, 3)
    assert np.abs(made.astype(int) - direct).max() <= 1


def test_a_network_that_reads_no_picture_is_refused():
    latent = keras.Input((4,), name="latent")
    with pytest.raises(ConfigError, match=r"a translation reads `source`.*inputs latent"):
        Translator(keras.Model(latent, keras.layers.Dense(2)(latent)))


def test_a_network_of_many_channels_needs_to_be_told_what_they_are():
    with pytest.raises(ConfigError, match="reads 4 channels, which are no photo"):
        Translator(pix2pix_hd.build_generator(16, source_channels=4, width=4, halvings=2, blocks=1))
