import keras
import pytest

from gan_text.layers import StraightThroughGumbel
from gan_text.training.annealing import AnnealTemperature


class Game:
    def __init__(self, step):
        latent = keras.Input((2,), name="latent")
        logits = keras.layers.Reshape((2, 1))(latent)
        self.generator = keras.Model(latent, StraightThroughGumbel()(logits, latent))
        self.discriminator_steps = step


@pytest.mark.parametrize(("step", "temperature"), [(0, 1.0), (50, 0.1**0.5), (100, 0.1), (500, 0.1)])
def test_the_temperature_is_a_function_of_the_step(step, temperature):
    callback = AnnealTemperature(Game(step), 100)
    callback.on_train_batch_begin(0)
    assert float(callback.layer.temperature) == pytest.approx(temperature, rel=1e-5)
