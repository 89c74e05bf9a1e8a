import warnings

import h5py
import numpy as np
import pytest
import soundfile

from gan_audio.data import folder as folder_module
from gan_audio.data.augmentation import Augmentation
from gan_audio.data.folder import DamagedAudioFolder, PairedAudioFolder
from gan_audio.data.pairing import find_pairs
from gan_audio.errors import (
    AudioConfigError,
    AudioDataError,
    AudioFormatError,
    AudioReadError,
    AudioWarning,
    PairError,
)
from gan_audio.sound.damage import Clip
from gan_audio.sound.emphasis import preemphasis


def everything(source):
    indices = np.arange(len(source))
    return source.draw(indices, np.stack([indices, indices], axis=1))


def test_windows_of_all_files_in_order(folders):
    source = PairedAudioFolder(*folders(2, 20_000), window=8192, hop=8192)
    assert len(source) == 6
    clean, _ = everything(source)
    whole = preemphasis(soundfile.read(str(folders(2, 20_000)[0] / "b.wav"), dtype="float32")[0])
    np.testing.assert_allclose(clean[3], whole[:8192], atol=1e-6)
    np.testing.assert_allclose(clean[5], whole[-8192:], atol=1e-6)


def test_sixteen_bit_sources_are_kept_in_sixteen_bits(folders):
    assert PairedAudioFolder(*folders(1)).rows.clean.dtype == np.int16
    assert PairedAudioFolder(*folders(1, subtype="FLOAT")).rows.clean.dtype == np.float32


@pytest.mark.parametrize("subtype", ["PCM_16", "FLOAT"])
def test_the_cache_holds_what_memory_would(folders, tmp_path, subtype):
    options = {"window": 4096, "hop": 2048, "speeds": (1.0, 0.9)}
    memory = PairedAudioFolder(*folders(2, subtype=subtype), **options)
    cached = PairedAudioFolder(*folders(2, subtype=subtype), cache=tmp_path / "c.h5", **options)
    for expected, found in zip(everything(memory), everything(cached), strict=True):
        np.testing.assert_array_equal(found, expected)


def test_the_cache_layout(folders, tmp_path):
    PairedAudioFolder(*folders(2), cache=tmp_path / "c.h5")
    with h5py.File(tmp_path / "c.h5") as file:
        assert file["clean"].shape == file["noisy"].shape == (4, 16_385)
        assert file["clean"].chunks == (1, 16_385)
        assert file["clean"].dtype == np.int16
        assert file["start"][:].tolist() == [0, 3616, 0, 3616]
        assert file["file"][:].tolist() == [0, 0, 1, 1]
        assert (file.attrs["sample_rate"], file.attrs["window"], file.attrs["hop"]) == (16_000, 16_384, 8192)
        assert file["clean"][0, 0] == 0
        whole = soundfile.read(str(tmp_path / "clean" / "a.wav"), dtype="int16")[0]
        assert file["clean"][1, 0] == whole[3615]


def test_a_current_cache_is_not_decoded_again(folders, tmp_path, monkeypatch):
    PairedAudioFolder(*folders(2), cache=tmp_path / "c.h5")
    monkeypatch.setattr(folder_module, "read_pair", None)
    assert len(PairedAudioFolder(tmp_path / "clean", tmp_path / "noisy", cache=tmp_path / "c.h5")) == 4


@pytest.mark.parametrize("change", ["source", "setting"])
def test_a_stale_cache_is_rebuilt(folders, write, tmp_path, change):
    clean, noisy = folders(2)
    PairedAudioFolder(clean, noisy, cache=tmp_path / "c.h5")
    if change == "source":
        for seed, side in enumerate(("clean", "noisy")):
            write(f"{side}/a.wav", 0.3 * np.random.default_rng(seed).uniform(-1, 1, 50_000))
    source = PairedAudioFolder(clean, noisy, cache=tmp_path / "c.h5", window=16_384 if change == "source" else 8192)
    assert len(source) == (8 if change == "source" else 6)


def test_what_was_skipped_is_remembered_by_the_cache(folders, write, tmp_path):
    clean, noisy = folders(2)
    for side in ("clean", "noisy"):
        write(f"{side}/short.wav", np.ones(1000) * 0.1)
    for _ in range(2):
        with pytest.warns(AudioWarning, match="1 skipped: short"):
            source = PairedAudioFolder(clean, noisy, cache=tmp_path / "c.h5")
        assert source.report.skipped == {"short": "1000 samples, fewer than 1024"}
        assert [pair.key for pair in source.pairs] == ["a", "b"]


@pytest.mark.parametrize("content", [b"my only recording", b"\x89HDF\r\n\x1a\n broken"])
def test_a_file_that_is_no_cache_is_not_overwritten(folders, tmp_path, content):
    (tmp_path / "c.h5").write_bytes(content)
    with pytest.raises(AudioDataError, match=r"c\.h5: cannot be read as a cache"):
        PairedAudioFolder(*folders(1), cache=tmp_path / "c.h5")
    assert (tmp_path / "c.h5").read_bytes() == content


@pytest.mark.parametrize("kind", ["foreign", "external link", "soft link", "virtual"])
def test_a_foreign_archive_is_refused(folders, tmp_path, kind):
    path = tmp_path / "c.h5"
    PairedAudioFolder(*folders(1), cache=path)
    with h5py.File(path, "r+") as file:
        if kind == "foreign":
            file.attrs["format"] = "something else"
        else:
            shape = file["clean"].shape
            del file["clean"]
        if kind == "external link":
            file["clean"] = h5py.ExternalLink("other.h5", "/clean")
        elif kind == "soft link":
            file["clean"] = h5py.SoftLink("/noisy")
        elif kind == "virtual":
            layout = h5py.VirtualLayout(shape, "i2")
            layout[:] = h5py.VirtualSource("other.h5", "clean", shape)
            file.create_virtual_dataset("clean", layout)
    with pytest.raises(AudioDataError, match="is not a cache written by gan-audio"):
        PairedAudioFolder(tmp_path / "clean", tmp_path / "noisy", cache=path)


def test_an_interrupted_cache_leaves_nothing_behind(folders, write, tmp_path):
    clean, noisy = folders(2)
    (clean / "b.wav").write_bytes(b"junk")
    with pytest.raises(AudioReadError):
        PairedAudioFolder(clean, noisy, cache=tmp_path / "cache" / "c.h5")
    assert not list(tmp_path.glob("cache/*"))


def test_other_speeds_lengthen_and_shorten(folders):
    source = PairedAudioFolder(*folders(1, 18_000), window=1024, speeds=(1.0, 0.9, 1.1))
    assert source.rows.lengths.tolist() == [18_000, 20_000, 16_364]


def test_selected_pairs_only(folders):
    clean, noisy = folders(3)
    chosen = find_pairs(clean, noisy)[:1]
    assert len(PairedAudioFolder(clean, noisy, pairs=chosen)) == 2


def test_whole_recordings_for_evaluation(folders):
    recordings = list(PairedAudioFolder(*folders(2)).recordings())
    assert [recording.name for recording in recordings] == ["a", "b"]
    assert recordings[0].clean.shape == recordings[0].noisy.shape == (20_000,)


def test_ordinary_folders_give_no_warning(folders):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert not PairedAudioFolder(*folders(2)).report.counts


@pytest.mark.parametrize(("spoil", "kind", "message"), [
    (lambda clean, noisy: (clean / "b.wav").write_bytes(b"junk"), AudioReadError, r"b\.wav: cannot be read as sound"),
    (lambda clean, noisy: (clean / "b.wav").unlink(), PairError, "1 noisy files without a clean one"),
    (lambda clean, noisy: soundfile.write(str(noisy / "b.wav"), np.zeros(9000), 16_000), PairError, "9000 at 16000 Hz"),
    (lambda clean, noisy: soundfile.write(str(noisy / "b.wav"), np.zeros(0), 16_000), AudioDataError, "0 frames"),
    (lambda clean, noisy: [soundfile.write(str(side / "b.wav"), np.zeros((20_000, 2)), 16_000)
                           for side in (clean, noisy)], AudioFormatError, "2 channels"),
    (lambda clean, noisy: soundfile.write(str(noisy / "b.wav"), np.full(20_000, np.nan), 16_000, subtype="FLOAT"),
     AudioDataError, "20000 samples are NaN"),
])
def test_bad_files_are_refused_or_skipped_with_a_reason(folders, spoil, kind, message):
    clean, noisy = folders(2)
    spoil(clean, noisy)
    with pytest.raises(kind, match=message):
        PairedAudioFolder(clean, noisy)
    with pytest.warns(AudioWarning, match="1 skipped"):
        source = PairedAudioFolder(clean, noisy, strict=False)
    assert [pair.key for pair in source.pairs] == ["a"]
    assert len(source.report.skipped) == 1


def test_equal_sides_are_a_warning(write, tmp_path):
    for side in ("clean", "noisy"):
        write(f"{side}/a.wav")
    with pytest.warns(AudioWarning, match=r"noisy equals clean \(are the folders swapped or not mixed\?\): a"):
        PairedAudioFolder(tmp_path / "clean", tmp_path / "noisy")


def test_swapped_folders_are_a_warning(write, tmp_path):
    quiet = 0.3 * np.sin(np.arange(20_000) / 20) * (np.arange(20_000) % 8000 < 4000)
    write("clean/a.wav", quiet)
    write("noisy/a.wav", quiet + np.random.default_rng(0).normal(0, 0.02, 20_000))
    with pytest.warns(AudioWarning, match="the clean side is the noisier one"):
        PairedAudioFolder(tmp_path / "noisy", tmp_path / "clean")


def test_files_shorter_than_a_window_are_reported_when_tails_are_dropped(folders):
    with pytest.raises(AudioDataError, match=r'no window remains of .*10000 samples, shorter than a window, and tail="drop"'):
        PairedAudioFolder(*folders(1, 10_000), tail="drop")


def test_a_file_shorter_than_a_window_among_others_is_skipped_when_tails_are_dropped(folders):
    for seed, side in enumerate(folders(1)):
        soundfile.write(str(side / "b.wav"), 0.1 * np.random.default_rng(seed).uniform(-1, 1, 10_000), 16_000)
    with pytest.warns(AudioWarning, match="1 skipped: b"):
        assert len(PairedAudioFolder(*folders(0), tail="drop")) == 1


def test_too_much_for_memory_asks_for_a_cache(folders):
    with pytest.raises(AudioDataError, match=r'more than `memory_limit`.*Pass `cache="windows.h5"`'):
        PairedAudioFolder(*folders(1), memory_limit=1000)


@pytest.mark.parametrize(("options", "message"), [
    ({"cache": "c.h5", "windows": "random"}, "`cache` stores the windows of the grid"),
    ({"cache": "c.h5", "shift": 10}, "`cache` stores the windows of the grid"),
    ({"channels": "left"}, "`channels` must be one of"),
    ({"speeds": (3.0,)}, "`speeds` must be factors"),
])
def test_options_that_do_not_fit_are_refused(folders, options, message):
    with pytest.raises(AudioConfigError, match=message):
        PairedAudioFolder(*folders(1), **options)


def test_damaged_copies_are_reproducible_and_have_the_clean_target(folders):
    clean_dir, _ = folders(2)
    first, second = (DamagedAudioFolder(clean_dir, Clip(percentile=80), preemphasis=0) for _ in range(2))
    clean, damaged = everything(first)
    np.testing.assert_array_equal(damaged, everything(second)[1])
    assert np.abs(damaged).max() < np.abs(clean).max()


def test_augmentation_is_applied(folders):
    source = PairedAudioFolder(*folders(2), augment=Augmentation(gain_db=(-6, -6), polarity=False))
    plain = PairedAudioFolder(*folders(2))
    for changed, original in zip(everything(source), everything(plain), strict=True):
        np.testing.assert_allclose(changed, original * 10 ** (-6 / 20), rtol=1e-5)
