"""What a run consists of between two steps, in a fixed order, and where each network lies in it."""

from __future__ import annotations

import keras

from gan_core.game.gan import GAN


def state_of(gan: GAN) -> list[keras.Variable]:
    """Everything a run consists of, in a fixed order: weights, averages, counters, seed states, optimizers."""
    variables = [*gan.variables, *gan.running_means.variables, *gan.generator_optimizer.variables,
                 *gan.discriminator_optimizer.variables]
    return list({id(variable): variable for variable in variables}.values())


def networks_of(gan: GAN) -> dict[str, keras.Model]:
    """The networks of a game by name: generator, averaged_generator (where there is one), discriminator_0, ..."""
    averaged = {} if gan.averaged_generator is None else {"averaged_generator": gan.averaged_generator}
    return {"generator": gan.generator, **averaged,
            **{f"discriminator_{number}": network for number, network in enumerate(gan.discriminators)}}


def network_places(gan: GAN) -> dict[str, list[int]]:
    """The positions in `state_of` of each network's weights."""
    place = {id(variable): number for number, variable in enumerate(state_of(gan))}
    return {name: [place[id(weight)] for weight in network.weights] for name, network in networks_of(gan).items()}
