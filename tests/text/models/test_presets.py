import pytest

from gan_text.models import PRESETS, preset


@pytest.mark.parametrize(("name", "field"), [("char", 41), ("word", 21), ("tiny", 17)])
def test_the_receptive_field_is_one_plus_two_blocks_of_kernels(name, field):
    assert preset(name).receptive_field == field


def test_full_presets_have_the_sizes_of_the_paper():
    for name in ("char", "word", "word-short", "char-book"):
        assert (PRESETS[name].latent, PRESETS[name].blocks, PRESETS[name].filters) == (128, 5, 512)


def test_an_unknown_name_lists_the_presets():
    with pytest.raises(ValueError, match=r"unknown preset. Received: 'words'. Did you mean 'word'.*char-book"):
        preset("words")
