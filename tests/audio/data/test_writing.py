import numpy as np
import pytest
import soundfile

from gan_audio.data.reading import read_audio
from gan_audio.data.writing import AudioWriter, output_format, write_audio
from gan_audio.errors import AudioConfigError


@pytest.mark.parametrize(("subtype", "type"), [("PCM_16", np.int16), ("PCM_32", np.int32)])
def test_integer_samples_survive_a_round_trip_bit_by_bit(tmp_path, subtype, type):
    levels = np.array([-32768, -1, 0, 1, 12_345, 32_767]) / 32768
    write_audio(tmp_path / "x.wav", levels, 16_000, subtype=subtype)
    np.testing.assert_array_equal(read_audio(tmp_path / "x.wav")[0][:, 0], levels)


def test_clipped_samples_are_counted(tmp_path):
    assert write_audio(tmp_path / "x.wav", np.array([0.5, 1.2, -1.5, -1.0]), 16_000) == 2
    np.testing.assert_array_equal(read_audio(tmp_path / "x.wav")[0][:, 0], [0.5, 1 - 2**-15, -1, -1])


def test_float_files_keep_what_exceeds_full_scale(tmp_path):
    assert write_audio(tmp_path / "x.wav", np.array([1.5], np.float32), 16_000, subtype="FLOAT") == 0
    assert read_audio(tmp_path / "x.wav")[0][0, 0] == 1.5


def test_an_error_leaves_no_file(tmp_path):
    with pytest.raises(TypeError), AudioWriter(tmp_path / "x.wav", 16_000, 1, "WAV", "PCM_16") as file:
        file.write(None)
    assert list(tmp_path.iterdir()) == []


def test_the_sample_format_of_the_source_is_kept_where_it_fits():
    assert output_format("x.wav", fallback="PCM_24") == ("WAV", "PCM_24")
    assert output_format("x.flac", fallback="FLOAT") == ("FLAC", "PCM_16")
    assert output_format("x.wav", fallback="MPEG_LAYER_III") == ("WAV", "PCM_16")


@pytest.mark.parametrize(("arguments", "message"), [
    (("x.doc",), r"the suffix '\.doc' is no known sound format"),
    (("x.flac", "FLOAT"), r"`subtype` must be one of .* for \.flac files. Received: subtype='FLOAT'")])
def test_what_cannot_be_written_is_refused(arguments, message):
    with pytest.raises(AudioConfigError, match=message):
        output_format(*arguments)


def test_a_rate_that_a_format_lacks_is_refused_without_a_rest(tmp_path):
    with pytest.raises(AudioConfigError, match=r"cannot be written.*Use a .wav file"):
        write_audio(tmp_path / "x.opus", np.zeros(100), 44_100)
    assert list(tmp_path.iterdir()) == []


def test_soundfile_reads_the_declared_format(tmp_path):
    write_audio(tmp_path / "deep" / "x.flac", np.zeros((100, 2)), 48_000)
    info = soundfile.info(str(tmp_path / "deep" / "x.flac"))
    assert (info.format, info.channels, info.samplerate) == ("FLAC", 2, 48_000)
