"""The contracts that every network and layer of the project keeps."""

import numpy as np
import pytest

from gan_core.testing import check_layer, check_network, check_saved_networks
from gan_text.layers import Completion, PreviousGiven, ResidualBlock1D
from gan_text.layers.completion import HIDDEN, WRITE
from gan_text.models import build_critic, build_generator

SMALL = {"filters": 8, "blocks": 2}
LATENT, SAMPLE, LABEL = {"latent": (4,)}, {"sample": (7, 6)}, {"label": ()}
GIVEN = {"given": lambda count: np.tile([1, 0, WRITE, WRITE, WRITE, WRITE, HIDDEN], (count, 1))}
GENERATORS = {
    "residual": ({}, LATENT), "lstm": ({"kind": "lstm"}, LATENT), "gru": ({"kind": "gru"}, LATENT),
    "lstm-p": ({"kind": "lstm-p"}, LATENT), "conditional": ({"classes": 2, "embedding": 3}, LATENT | LABEL),
    "gumbel": ({"output": "gumbel"}, LATENT), "partial": ({"partial": True}, LATENT | GIVEN),
    "helped": ({"kind": "lstm-p", "partial": True}, LATENT | GIVEN),
}
CRITICS = {"residual": ({}, SAMPLE), "lstm": ({"kind": "lstm"}, SAMPLE), "conditional": ({"classes": 2}, SAMPLE | LABEL)}


@pytest.mark.parametrize(("options", "inputs"), GENERATORS.values(), ids=GENERATORS)
def test_generators_keep_the_contract(options, inputs):
    check_network(lambda: build_generator(6, 7, latent=4, **SMALL, **options), inputs=inputs, output=(7, 6),
                  value_range=(0.0, 1.0))


@pytest.mark.parametrize(("options", "inputs"), CRITICS.values(), ids=CRITICS)
def test_critics_keep_the_contract(options, inputs):
    check_network(lambda: build_critic(6, 7, **SMALL, **options), inputs=inputs, output=(1,), penalty=True)


def test_layers_keep_the_contract():
    check_layer(lambda: ResidualBlock1D(6, 3), inputs=(7, 6), output=(7, 6), counts=(228, 0))


def test_layers_of_partial_sequences_keep_their_configuration():
    assert PreviousGiven.from_config(PreviousGiven(6, name="a").get_config()).get_config()["vocabulary_size"] == 6
    assert Completion.from_config(Completion(name="b").get_config()).name == "b"


def test_saved_networks_answer_equally_in_a_fresh_process():
    networks = [(build_generator(6, 7, latent=4, **SMALL, **options), inputs) for options, inputs in GENERATORS.values()]
    networks += [(build_critic(6, 7, **SMALL, **options), inputs) for options, inputs in CRITICS.values()]
    check_saved_networks(networks, imports=["gan_text.layers"])
