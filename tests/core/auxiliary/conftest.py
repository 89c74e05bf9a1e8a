"""Forward passes through discriminators given as plain functions that may return features."""

import pytest
import tensorflow as tf

from gan_core.game.batch import DiscriminatorOutput
from gan_core.game.forward_pass import ForwardPass
from gan_core.random import Stream


@pytest.fixture
def make_forward_pass():
    """(real, fake, feature functions per discriminator, ...) -> ForwardPass."""

    def make(real, fake, features=(), condition=None, step=0, **options):
        answers = [lambda x, c, layers=layers: DiscriminatorOutput(tf.zeros((2, 1)), tuple(layer(x) for layer in layers))
                   for layers in features]
        return ForwardPass(answers, real, fake, condition or {}, Stream(0, step), **options)

    return make
