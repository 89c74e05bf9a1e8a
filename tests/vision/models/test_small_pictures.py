import numpy as np
import pytest

from gan_core.errors import ConfigError
from gan_core.testing import check_network, count_parameters
from gan_vision.models import small_pictures

SMALL = {"width": (8, 4)}
LABELS = {"label": lambda count: (np.arange(count) % 3).astype("int32")}


@pytest.mark.parametrize(("classes", "generator", "discriminator"), [(0, (330_067, 832), 835_409), (10, (337_555, 832), 836_689)])
def test_the_networks_have_their_parameters(classes, generator, discriminator):
    assert count_parameters(small_pictures.build_generator(classes=classes)) == generator
    assert count_parameters(small_pictures.build_discriminator(classes=classes)) == (discriminator, 0)


@pytest.mark.parametrize("channels", [1, 3, 4])
@pytest.mark.parametrize("classes", [0, 3])
def test_the_networks_keep_their_contracts(channels, classes):
    labels = LABELS if classes else {}
    check_network(lambda: small_pictures.build_generator(8, channels, latent=5, classes=classes, **SMALL),
                  inputs={"latent": (5,), **labels}, output=(8, 8, channels))
    check_network(lambda: small_pictures.build_discriminator(8, channels, classes=classes, **SMALL),
                  inputs={"sample": (8, 8, channels), **labels}, output=(1,), penalty=True)


def test_a_discriminator_without_groups_judges_each_picture_alone():
    x = np.random.default_rng(0).normal(size=(4, 8, 8, 3)).astype("float32")
    alone = small_pictures.build_discriminator(8, group_size=1, **SMALL)
    np.testing.assert_allclose(alone(x)[:1], alone(x[:1]), atol=1e-5)
    together = small_pictures.build_discriminator(8, **SMALL)
    assert np.abs(np.asarray(together(x)[:1] - together(x[:1]))).max() > 1e-4


@pytest.mark.parametrize(("options", "message"), [
    ({"size": 24}, "`size` must be a power of two times 4, at least 8. Received: size=24. Use 16 or 32."),
    ({"size": 32, "width": (64, 32)}, "one for each of the 4 stages of 32 pixels.*Received: 2 widths"),
    ({"size": 8, "width": 0}, "`width` must be a positive whole number"),
])
def test_sizes_and_widths_that_do_not_go_are_refused(options, message):
    for build in (small_pictures.build_generator, small_pictures.build_discriminator):
        with pytest.raises(ConfigError, match=message):
            build(**options)
