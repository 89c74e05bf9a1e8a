import pytest

from gan_audio import errors
from gan_core.errors import CheckpointError, ConfigError, DataError


@pytest.mark.parametrize(("kind", "parent", "code"), [
    (errors.AudioConfigError, ConfigError, 2), (errors.AudioDataError, DataError, 3),
    (errors.PairError, errors.AudioDataError, 3), (errors.AudioReadError, errors.AudioDataError, 3),
    (errors.AudioFormatError, errors.AudioDataError, 3), (errors.CheckpointError, CheckpointError, 3)])
def test_every_error_is_one_of_gan_audio_with_its_exit_code(kind, parent, code):
    assert issubclass(kind, errors.GanAudioError)
    assert issubclass(kind, parent)
    assert kind.exit_code == code


def test_data_errors_are_value_errors():
    assert issubclass(errors.PairError, ValueError)


def test_long_lists_are_cut():
    assert errors.listed("abcd", limit=2) == "a, b and 2 more"
