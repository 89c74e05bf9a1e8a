import os
import struct
import unicodedata

import numpy as np
import pytest
import soundfile

from gan_audio.data.reading import find_audio, list_audio, read_audio, read_header
from gan_audio.errors import AudioConfigError, AudioDataError, AudioFormatError, AudioReadError

TONE = (0.5 * np.sin(np.arange(16_000) / 10)).astype(np.float32)


@pytest.mark.parametrize(("subtype", "tolerance"), [
    ("PCM_U8", 1 / 100), ("PCM_16", 1 / 30_000), ("PCM_24", 1e-6), ("PCM_32", 1e-7), ("FLOAT", 0), ("DOUBLE", 0)])
def test_every_sample_format_has_the_same_scale(write, subtype, tolerance):
    samples, rate = read_audio(write("x.wav", TONE, subtype=subtype))
    assert (samples.dtype, samples.shape, rate) == (np.float32, (16_000, 1), 16_000)
    np.testing.assert_allclose(samples[:, 0], TONE, atol=tolerance)


def test_sixteen_bits_are_divided_by_two_to_the_fifteen(tmp_path):
    soundfile.write(str(tmp_path / "x.wav"), np.array([-32768, 16384, 0], np.int16), 16_000)
    np.testing.assert_array_equal(read_audio(tmp_path / "x.wav")[0][:, 0], [-1, 0.5, 0])


@pytest.mark.parametrize("name", ["x.flac", "x.ogg", "x.mp3"])
def test_other_containers_are_read(tmp_path, name):
    soundfile.write(str(tmp_path / name), TONE, 16_000)
    samples, _ = read_audio(tmp_path / name)
    assert np.corrcoef(samples[:, 0], TONE)[0, 1] > 0.99


def test_another_rate_is_resampled(write):
    samples, rate = read_audio(write("x.wav", TONE[:1000], rate=48_000), sample_rate=16_000)
    assert (samples.shape, rate) == ((334, 1), 16_000)


def test_channels_are_mixed_taken_or_kept(write):
    path = write("x.wav", np.stack([TONE, 0 * TONE], axis=1), subtype="FLOAT")
    np.testing.assert_allclose(read_audio(path, channels="mix")[0][:, 0], TONE / 2)
    np.testing.assert_array_equal(read_audio(path, channels="first")[0][:, 0], TONE)
    assert read_audio(path, channels="separate")[0].shape == (16_000, 2)


def damaged(path, change):
    data = bytearray(path.read_bytes())
    path.write_bytes(bytes(change(data)))
    return path


def patched(offset, value):
    return lambda data: data[:offset] + struct.pack("<I", value) + data[offset + 4:]


@pytest.mark.parametrize(("name", "change", "kind", "message"), [
    ("x.wav", lambda data: data[:16_000], AudioReadError, "cut off: the header declares 32000 bytes of sound, 15956"),
    ("x.wav", lambda data: data[:44], AudioReadError, "cut off"),
    ("x.wav", patched(40, 0), AudioDataError, r"no samples \(0 frames\)"),
    ("x.wav", patched(24, 0), AudioReadError, "cannot be read as sound"),
    ("x.wav", lambda data: b"", AudioReadError, "the file is empty"),
    ("x.wav", lambda data: b"hello world" * 99, AudioReadError, "Format not recognised"),
    ("x.flac", lambda data: data[:len(data) // 2], AudioReadError, "cannot be read as sound"),
    ("x.ogg", lambda data: data[:len(data) // 2], AudioReadError, "cannot be read as sound"),
    ("x.mp3", lambda data: data[:len(data) // 2], AudioReadError, "cut off: "),
])
def test_a_broken_file_is_named_with_the_reason(tmp_path, name, change, kind, message):
    soundfile.write(str(tmp_path / name), TONE, 16_000)
    path = damaged(tmp_path / name, change)
    with pytest.raises(kind, match=message) as caught:
        read_audio(path)
    assert str(path) in str(caught.value)


def test_a_wav_file_of_unknown_length_is_read(write):
    assert len(read_audio(damaged(write("x.wav", TONE), patched(40, 0xFFFF_FFFF)))[0]) == 16_000


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(AudioReadError, match="there is no such file"):
        read_header(tmp_path / "none.wav")


def test_not_finite_samples_are_counted_and_located(write):
    wave = TONE.copy()
    wave[[7, 9]] = np.nan, np.inf
    with pytest.raises(AudioDataError, match=r"x\.wav: 2 samples are NaN or infinite, the first at frame 7"):
        read_audio(write("x.wav", wave, subtype="FLOAT"))


def test_stereo_is_refused_with_the_option_that_accepts_it(write):
    with pytest.raises(AudioFormatError, match=r'2 channels, expected 1. Pass `channels="mix"`'):
        read_audio(write("x.wav", np.zeros((2000, 2))))


def test_another_rate_is_refused_when_resampling_is_off(write):
    with pytest.raises(AudioFormatError, match=r"8000 Hz, expected 16000 Hz. Pass `resample=True`"):
        read_audio(write("x.wav", TONE, rate=8000), sample_rate=16_000, resample=False)


def test_an_unknown_channel_rule_is_refused(write):
    with pytest.raises(AudioConfigError, match="`channels` must be one of error, mix, first, separate"):
        read_audio(write("x.wav"), channels="left")


def test_files_are_listed_by_stem_in_code_point_order(write, tmp_path):
    for name in ("b.wav", "a.wav", "B.flac", "sub/c.wav", "é.wav", ".hidden.wav", ".git/x.wav", "._a.wav"):
        write(name)
    (tmp_path / "notes.txt").write_text("no sound")
    assert list(list_audio(tmp_path)) == ["B", "a", "b", "sub/c", "é"]


def test_both_unicode_forms_give_the_same_key(write, tmp_path):
    write(unicodedata.normalize("NFD", "café.wav"))
    assert list(list_audio(tmp_path)) == [unicodedata.normalize("NFC", "café")]


def test_a_loop_of_links_ends(write, tmp_path):
    write("sub/a.wav")
    os.symlink(tmp_path, tmp_path / "sub" / "loop")
    assert len(find_audio(tmp_path)) == 1


def test_two_files_of_one_stem_are_refused(write, tmp_path):
    write("a.wav")
    write("a.flac")
    with pytest.raises(AudioDataError, match=r"a\.wav: has the same name as .*a\.flac"):
        list_audio(tmp_path)


def test_a_missing_folder_is_refused(tmp_path):
    with pytest.raises(AudioDataError, match=r"no such folder. Expected one with \.wav, \.flac"):
        list_audio(tmp_path / "none")


def test_a_folder_without_sound_is_refused(tmp_path):
    with pytest.raises(AudioDataError, match=r"no sound found. Looked for \.wav, \.flac"):
        list_audio(tmp_path)


@pytest.mark.parametrize(("name", "format"), [("x.aiff", "AIFF"), ("x.au", "AU")])
def test_a_cut_file_of_other_formats_is_refused_and_a_whole_one_read(tmp_path, name, format):
    path = tmp_path / name
    soundfile.write(path, np.random.default_rng(0).normal(0, 0.1, 16_000), 16_000, format=format, subtype="PCM_16")
    assert len(read_audio(path)[0]) == 16_000
    path.write_bytes(path.read_bytes()[:16_000])
    with pytest.raises(AudioReadError, match="cut off: the header declares"):
        read_header(path)
