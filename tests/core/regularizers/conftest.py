"""Forward passes through critics given as plain functions."""

import pytest
import tensorflow as tf

from gan_core.game.batch import DiscriminatorOutput
from gan_core.game.forward_pass import ForwardPass
from gan_core.random import Stream


@pytest.fixture
def make_forward_pass():
    """(critics, real, fake, ...) -> ForwardPass, a critic being (samples, condition) -> logits."""

    def make(critics, real, fake=None, condition=None, seed=0, step=0, **options):
        critics = critics if isinstance(critics, list) else [critics]
        answers = [lambda x, c, critic=critic: DiscriminatorOutput(tf.cast(critic(x, c), tf.float32))
                   for critic in critics]
        real = tf.convert_to_tensor(real)
        fake = tf.zeros_like(real) if fake is None else tf.convert_to_tensor(fake)
        return ForwardPass(answers, real, fake, condition or {}, Stream(seed, step), **options)

    return make
