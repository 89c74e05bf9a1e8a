"""A generator without an adversary: the loop asks a discriminator that nobody listens to."""

import keras
import numpy as np
import pytest

from gan_core.auxiliary import Reconstruction
from gan_core.game.gan import GAN
from gan_core.game.latent import NoLatent
from gan_core.game.objective import Objective
from gan_core.game.spectator import build_spectator
from gan_core.losses import LeastSquares


@pytest.mark.parametrize("shape", [(None, None, 3), (8, 6, 1), (16, 2), (5,)])
def test_it_gives_one_logit_for_samples_of_any_shape(shape):
    sample = np.zeros((2, *(side or 7 for side in shape)), "float32")
    assert build_spectator(shape)(sample).shape == (2, 1)


def test_the_generator_learns_the_reconstruction_alone():
    """Plain gradient descent on |y - w x|: exactly the steps that the distance gives."""
    source = keras.Input((4, 4, 1), name="source")
    generator = keras.Model(source, keras.layers.Conv2D(1, 1, use_bias=False, kernel_initializer="zeros")(source))
    gan = GAN(generator, build_spectator((4, 4, 1)), Objective(
        LeastSquares(), auxiliary=(Reconstruction(10),), generator_weight=0.0), NoLatent())
    gan.compile(keras.optimizers.SGD(0.01), keras.optimizers.SGD(0.01), run_eagerly=True)
    ones = np.ones((2, 4, 4, 1), "float32")
    gan.train_on_batch({"real": 3 * ones, "source": ones})
    assert float(generator.weights[0].numpy().squeeze()) == pytest.approx(0.01 * 10)  # the derivative of |3 - w| is -1
