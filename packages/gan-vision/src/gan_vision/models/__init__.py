"""Networks, one paper per file. Importing this module loads no TensorFlow; calling a builder does.

Every module has `build_generator`, `build_discriminator` and `VALUE_RANGE`; `NETWORKS` is the table by which
recipes and the command line know those that make pictures of noise; `pix2pix`, `pix2pix_hd` and `resnet_translation`
make pictures of pictures, and have their own options. In a discriminator the layer named "features" ends what looks at
the image and begins what makes a logit of it: `conditional` puts other ends there.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from types import ModuleType
from typing import TYPE_CHECKING

from gan_core.errors import choose

if TYPE_CHECKING:
    import keras


@dataclass(frozen=True)
class Networks:
    """A generator and the discriminator published with it.

    Args:
        module: str, where the builders are.
        summary: str, one line for lists.
        value_range: (low, high) of the generator's images and of what the discriminator expects.
        size: int, default side of the images in pixels.
        channels: int, default number of colour channels.
        latent: int, default length of the latent vector.
    """

    module: str
    summary: str
    value_range: tuple[float, float]
    size: int
    channels: int
    latent: int

    def load(self) -> ModuleType:
        """The module with the builders; imports Keras."""
        return importlib.import_module(self.module)

    def build_generator(self, *args, **options) -> keras.Model:
        """The module's `build_generator`."""
        return self.load().build_generator(*args, **options)

    def build_discriminator(self, *args, **options) -> keras.Model:
        """The module's `build_discriminator`."""
        return self.load().build_discriminator(*args, **options)


NETWORKS = {
    "dcgan": Networks("gan_vision.models.dcgan", "the DCGAN of the paper, 64x64, 18.9 million parameters",
                      (-1.0, 1.0), 64, 3, 100),
    "cifar10": Networks("gan_vision.models.dcgan_cifar10", "a DCGAN for small pictures, 8 to 64 pixels",
                        (-1.0, 1.0), 32, 3, 128),
    "bricks": Networks("gan_vision.models.dcgan_bricks", "a fully convolutional DCGAN for gray pictures, 64x64",
                       (-1.0, 1.0), 64, 1, 100),
    "tutorial": Networks("gan_vision.models.dcgan_tutorial", "a light DCGAN of two-convolution blocks, 64x64",
                         (-1.0, 1.0), 64, 3, 100),
    "ada": Networks("gan_vision.models.dcgan_ada", "a light DCGAN for adaptive augmentation, 64x64",
                    (0.0, 1.0), 64, 3, 64),
    "resnet": Networks("gan_vision.models.resnet", "residual networks, no batch norm in the critic, 32x32",
                       (-1.0, 1.0), 32, 3, 128),
}


def network(name: str, *, value_range: tuple[float, float] | None = None) -> Networks:
    """The pair of that name, among those with images in `value_range` if one is given.

    Raises:
        ConfigError: there is no such pair; the message names the closest.
    """
    return choose("network", name, {key: pair for key, pair in NETWORKS.items()
                                    if value_range is None or pair.value_range == value_range})
