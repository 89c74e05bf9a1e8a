from collections import Counter

import numpy as np
import pytest
import soundfile

from gan_audio.data.folder_mixing import mix_folder
from gan_audio.data.reading import read_audio
from gan_audio.data.voicebank import find_voicebank, read_log
from gan_audio.errors import AudioConfigError, AudioDataError, AudioWarning


@pytest.fixture
def sources(write, tmp_path):
    for index in range(4):
        write(f"speech/p{index}_001.wav", 0.2 * np.sin(np.arange(4000) / (5 + index)))
    write("noise/street noise.wav", np.random.default_rng(0).normal(0, 0.1, 9000), rate=48_000)
    write("noise/cafe.wav", np.random.default_rng(1).normal(0, 0.1, 900))
    return tmp_path / "speech", tmp_path / "noise", tmp_path / "out"


def snr_of(out, name):
    clean, noisy = (read_audio(out / side / f"{name}.wav")[0] for side in ("clean", "noisy"))
    return 10 * np.log10(np.sum(clean**2) / np.sum((noisy - clean) ** 2))


def test_pairs_have_the_snr_of_the_log(sources):
    report = mix_folder(*sources, snrs=(10, 0), level="rms")
    log = read_log(sources[2] / "log.txt")
    assert report.pairs == len(log) == 4
    for name, condition in log.items():
        assert snr_of(sources[2], name) == pytest.approx(condition.snr, abs=0.05)  # 16 bits


def test_every_condition_is_used_equally_often(sources):
    mix_folder(*sources, snrs=(10, 0), copies=2)
    counts = Counter(read_log(sources[2] / "log.txt").values())
    assert len(counts) == 4
    assert set(counts.values()) == {2}
    assert {noise for noise, _ in counts} == {"street_noise", "cafe"}


def test_the_result_is_a_data_set(sources):
    mix_folder(*sources, snrs=(5,))
    pairs = find_voicebank(sources[2])
    assert [(pair.key, pair.snr) for pair in pairs] == [(f"p{index}_001", 5.0) for index in range(4)]


def test_equal_seeds_write_equal_files(sources, tmp_path):
    mix_folder(*sources)
    mix_folder(*sources[:2], tmp_path / "again")
    mix_folder(*sources[:2], tmp_path / "other", seed=1)
    name = "noisy/p0_001.wav"
    assert (sources[2] / name).read_bytes() == (tmp_path / "again" / name).read_bytes()
    assert (sources[2] / name).read_bytes() != (tmp_path / "other" / name).read_bytes()


def test_a_folder_in_use_is_not_overwritten(sources):
    sources[2].mkdir()
    (sources[2] / "thesis.txt").touch()
    with pytest.raises(AudioConfigError, match=r"the folder is not empty.*`overwrite=True`"):
        mix_folder(*sources)


def test_a_silent_file_is_refused_or_skipped_by_name(sources, write):
    write("speech/silent.wav", np.zeros(4000))
    with pytest.raises(AudioDataError, match=r"silent\.wav with .*`clean` is silent.*`strict=False`"):
        mix_folder(*sources, overwrite=True)
    with pytest.warns(AudioWarning, match="1 mixes skipped"):
        report = mix_folder(*sources, overwrite=True, strict=False)
    assert (report.pairs, list(report.skipped)) == (4, ["silent"])


@pytest.mark.parametrize(("options", "message"), [
    ({"snrs": ()}, "`snrs` needs at least one value"), ({"copies": 0}, "`copies` must be at least 1"),
    ({"subtype": "PCM_12"}, "`subtype` must be one of"), ({"channels": "separate"}, "`channels` must be")])
def test_impossible_options_are_refused(sources, options, message):
    with pytest.raises(AudioConfigError, match=message):
        mix_folder(*sources, **options)
    assert not sources[2].exists()


def test_noise_alone_comes_first_and_leaves_the_snr_of_the_speech_as_it_is(sources):
    mix_folder(*sources, snrs=(5,), lead=0.25, subtype="FLOAT")
    clean, noisy = (read_audio(sources[2] / side / "p0_001.wav")[0][:, 0] for side in ("clean", "noisy"))
    assert len(clean) == 8000
    assert not clean[:4000].any()
    noise = noisy - clean
    assert noise[:4000].std() == pytest.approx(noise[4000:].std(), rel=0.2)
    assert 10 * np.log10(np.mean(clean[4000:] ** 2) / np.mean(noise**2)) == pytest.approx(5, abs=0.2)


def test_a_lead_is_a_length_of_time(sources):
    with pytest.raises(AudioConfigError, match=r"`lead` must lie in 0\.\.60 seconds\. Received: lead=-1"):
        mix_folder(*sources, lead=-1)


def test_a_mix_that_fails_leaves_nothing_in_the_way(tmp_path):
    for name, samples in (("a", np.full(8000, 0.1)), ("b", np.zeros(8000))):
        (tmp_path / "speech").mkdir(exist_ok=True)
        soundfile.write(tmp_path / "speech" / f"{name}.wav", samples, 8000)
    (tmp_path / "noise").mkdir()
    soundfile.write(tmp_path / "noise" / "n.wav", np.random.default_rng(0).normal(0, 0.1, 8000), 8000)
    with pytest.raises(AudioDataError):
        mix_folder(tmp_path / "speech", tmp_path / "noise", tmp_path / "out")
    with pytest.warns(AudioWarning):
        assert mix_folder(tmp_path / "speech", tmp_path / "noise", tmp_path / "out", strict=False).pairs == 1


@pytest.mark.parametrize(("options", "message"), [
    ({"snrs": (1e9,)}, "`snrs` must lie in"), ({"sample_rate": 0}, "`sample_rate` must be at least 1000")])
def test_numbers_out_of_range_are_refused(tmp_path, options, message):
    for side in ("speech", "noise"):
        (tmp_path / side).mkdir()
        soundfile.write(tmp_path / side / "a.wav", np.full(8000, 0.1), 8000)
    with pytest.raises(AudioConfigError, match=message):
        mix_folder(tmp_path / "speech", tmp_path / "noise", tmp_path / "out", **options)
    with pytest.raises(AudioConfigError, match="lies inside"):
        mix_folder(tmp_path / "speech", tmp_path / "noise", tmp_path / "speech" / "out")
