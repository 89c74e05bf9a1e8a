import pytest

from gan_audio.errors import AudioConfigError
from gan_audio.models import network_size


@pytest.mark.parametrize(("name", "multiple", "latent"), [
    ("segan", 2048, (8, 1024)), ("segan-compact", 1024, (16, 1024)), ("segan-tiny", 1024, (16, 32))])
def test_strides_and_latents(name, multiple, latent):
    assert network_size(name).multiple == multiple
    assert network_size(name).latent_shape == latent


def test_fields_are_replaced():
    assert network_size("segan", norm="batch", window=32_768).window == 32_768


@pytest.mark.parametrize(("name", "options", "message"), [
    ("segan-compakt", {}, "Did you mean 'segan-compact'"),
    ("segan", {"skips": "alpha"}, "unknown option of a network size. Received: 'skips'. Did you mean 'skip'"),
    ("segan", {"skip": "beta"}, "`skip` must be one of none, alpha, constant, conv. Received: skip='beta'"),
    ("segan", {"norm": "layer"}, "`norm` must be one of"), ("segan", {"head": "rnn"}, "`head` must be one of"),
    ("segan", {"upsample": "cubic"}, "`upsample` must be one of"), ("segan", {"phase_shift": -1}, "`phase_shift` must be"),
    ("segan", {"window": 16_000}, "`window` must be a multiple of 2048, the product of the strides of 11 layers"),
    ("segan", {"reference": 0}, "`reference` must be at least 1")])
def test_unknown_names_and_values_are_refused(name, options, message):
    with pytest.raises(AudioConfigError, match=message):
        network_size(name, **options)
