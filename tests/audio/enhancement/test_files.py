import numpy as np
import pytest
import soundfile

from gan_audio.baselines import Identity, baseline
from gan_audio.data.reading import read_audio
from gan_audio.enhancement.enhancer import Enhancer
from gan_audio.enhancement.files import enhance_file, enhance_path
from gan_audio.errors import AudioConfigError, AudioDataError, AudioReadError, AudioWarning


def identity(inputs):
    return inputs["noisy"]


def wave(*shape):
    return np.random.default_rng(0).uniform(-0.9, 0.9, shape).astype(np.float32)


@pytest.mark.parametrize("enhancer", [Identity(), Enhancer(identity)])
@pytest.mark.parametrize(("name", "subtype"), [("x.wav", "PCM_16"), ("x.wav", "PCM_24"), ("x.wav", "FLOAT"), ("x.flac", "PCM_16")])
def test_an_identity_writes_what_it_read(write, tmp_path, enhancer, name, subtype):
    source = write(name, wave(20_000, 2), subtype=subtype)
    result = enhance_file(enhancer, source, tmp_path / "out" / name)
    assert soundfile.info(str(result.target)).subtype == subtype
    np.testing.assert_allclose(read_audio(result.target, channels="separate")[0],
                               read_audio(source, channels="separate")[0], atol=2e-6)


@pytest.mark.parametrize("mode", ["overlap", "concat", "full"])
def test_a_file_gives_the_bits_of_the_array(write, tmp_path, mode):
    enhancer = Enhancer(lambda inputs: inputs["noisy"] * 0.5, mode=mode)
    source = write("x.wav", wave(150_000), subtype="FLOAT")
    result = enhance_file(enhancer, source, tmp_path / "y.wav")
    np.testing.assert_array_equal(read_audio(result.target)[0][:, 0], enhancer.enhance(wave(150_000), 16_000))


def test_the_report(write, tmp_path):
    report = enhance_path(Identity(), write("x.wav", wave(8000, 2), rate=8000), tmp_path / "y.wav")
    found = report.files[0]
    assert (found.seconds, found.sample_rate, found.channels, found.clipped) == (1.0, 8000, 2, 0)
    assert report.real_time_factor == found.real_time_factor > 0


def test_a_folder_keeps_its_names_and_subfolders(write, tmp_path):
    for name in ("in/a.wav", "in/sub/b.flac", "in/a.flac"):
        write(name)
    report = enhance_path(Identity(), tmp_path / "in", tmp_path / "out")
    assert [file.target.relative_to(tmp_path / "out").as_posix() for file in report.files] == ["a.flac", "a.wav", "sub/b.flac"]


def test_a_file_goes_into_an_existing_folder(write, tmp_path):
    (tmp_path / "out").mkdir()
    assert enhance_file(Identity(), write("x.wav"), tmp_path / "out").target == tmp_path / "out" / "x.wav"


def test_clipped_samples_are_counted_and_reported(write, tmp_path):
    loud = Enhancer(lambda inputs: inputs["noisy"] * 2, preemphasis=0)
    source = write("x.wav", np.full(1000, 0.6), subtype="PCM_16")
    with pytest.warns(AudioWarning, match=r"1000 samples beyond full scale were clipped in .*y\.wav \(1000\)"):
        assert enhance_file(loud, source, tmp_path / "y.wav").clipped == 1000
    assert enhance_file(loud, source, tmp_path / "z.wav", subtype="FLOAT").clipped == 0


def test_a_lost_band_is_reported_once_for_a_folder(write, tmp_path):
    for name in ("in/a.wav", "in/b.wav"):
        write(name, rate=48_000)
    with pytest.warns(AudioWarning) as caught:
        enhance_path(Enhancer(identity), tmp_path / "in", tmp_path / "out")
    assert [str(each.message).endswith("(2 of 2 files)") for each in caught] == [True]


@pytest.mark.parametrize("spoil", [lambda path: path.write_bytes(b"junk"), lambda path: soundfile.write(str(path), [], 16_000),
                                   lambda path: path.write_bytes(path.read_bytes()[:9000]),
                                   lambda path: soundfile.write(str(path), np.full(99_999, np.nan), 16_000, subtype="FLOAT")])
@pytest.mark.parametrize("enhancer", [Identity(), Enhancer(identity)])
def test_bad_files_are_named_and_leave_nothing_or_are_skipped(write, tmp_path, enhancer, spoil):
    for name in ("in/a.wav", "in/b.wav"):
        write(name)
    spoil(tmp_path / "in" / "a.wav")
    with pytest.raises(AudioDataError, match=r"a\.wav: "):
        enhance_path(enhancer, tmp_path / "in", tmp_path / "out")
    assert [path for path in (tmp_path / "out").glob("*") if path.name != "b.wav"] == []
    with pytest.warns(AudioWarning, match="1 files skipped"):
        report = enhance_path(enhancer, tmp_path / "in", tmp_path / "out", strict=False, overwrite=True)
    assert [file.target.name for file in report.files] == ["b.wav"]


def test_the_end_of_a_cut_off_mp3_is_noticed(tmp_path):
    soundfile.write(str(tmp_path / "x.mp3"), wave(16_000), 16_000)
    data = (tmp_path / "x.mp3").read_bytes()
    (tmp_path / "x.mp3").write_bytes(data[:len(data) // 2])
    with pytest.raises(AudioReadError, match="cut off"):
        enhance_file(Enhancer(identity), tmp_path / "x.mp3", tmp_path / "y.wav")
    assert not (tmp_path / "y.wav").exists()


def test_short_files_and_silence_are_enhanced(write, tmp_path):
    for length in (1, 100):
        result = enhance_file(Enhancer(identity), write("x.wav", np.zeros(length)), tmp_path / "y.wav", overwrite=True)
        assert soundfile.info(str(result.target)).frames == length


@pytest.mark.parametrize(("source", "target", "options", "kind", "message"), [
    ("none.wav", "y.wav", {}, AudioReadError, "there is no such file or folder"),
    ("x.wav", "x.wav", {"overwrite": True}, AudioConfigError, "replaced by its own enhancement"),
    ("x.wav", "there.wav", {}, AudioConfigError, r"1 files exist already: .*there\.wav"),
    ("x.wav", "y.txt", {}, AudioConfigError, "is no known sound format"),
    ("x.wav", "y.flac", {"subtype": "FLOAT"}, AudioConfigError, "`subtype` must be one of"),
    ("in", "there.wav", {}, AudioConfigError, "`target` must be a folder"),
    ("empty", "out", {}, AudioDataError, "no sound found")])
def test_impossible_paths_are_refused_before_any_work(write, tmp_path, source, target, options, kind, message):
    for name in ("x.wav", "there.wav", "in/a.wav"):
        write(name)
    (tmp_path / "empty").mkdir()
    with pytest.raises(kind, match=message):
        enhance_path(baseline("wiener"), tmp_path / source, tmp_path / target, **options)


def test_overwriting_is_allowed_on_request(write, tmp_path):
    source, target = write("x.wav"), write("y.wav", np.zeros(10))
    enhance_file(Identity(), source, target, overwrite=True)
    assert soundfile.info(str(target)).frames == 16_000
