import pytest

from gan_audio.data.voicebank import find_layout, find_voicebank, read_log
from gan_audio.errors import AudioConfigError, AudioDataError


@pytest.mark.parametrize(("clean", "noisy"), [
    ("clean_trainset_28spk_wav", "noisy_trainset_28spk_wav"), ("clean_trainset_56spk_wav", "noisy_trainset_56spk_wav"),
    ("clean_trainset_wav", "noisy_trainset_wav"), ("clean_trainset_28spk_wav_16k", "noisy_trainset_28spk_wav_16k"),
    ("clean", "noisy"), ("train/clean", "train/noisy")])
def test_known_layouts(tmp_path, clean, noisy):
    for name in (clean, noisy):
        (tmp_path / name).mkdir(parents=True)
    layout = find_layout(tmp_path, "train")
    assert (layout.clean, layout.noisy, layout.log) == (tmp_path / clean, tmp_path / noisy, None)


def test_pairs_carry_the_conditions_of_the_log(write, tmp_path):
    for name in ("p232_001", "p232_002"):
        write(f"clean_testset_wav/{name}.wav")
        write(f"noisy_testset_wav/{name}.wav")
    (tmp_path / "log_testset.txt").write_text("p232_001 bus 17.5\n")
    pairs = find_voicebank(tmp_path, "test")
    assert [(pair.noise, pair.snr, pair.speaker) for pair in pairs] == [("bus", 17.5, "p232"), (None, None, "p232")]


@pytest.mark.parametrize("line", ["p1_2 bus 2.5", "p1_2.wav\tbus\t2.5", "p1_2,bus,2.5dB", "\n# comment\np1_2  bus  2.5 "])
def test_log_lines(tmp_path, line):
    (tmp_path / "log.txt").write_text(line)
    assert read_log(tmp_path / "log.txt") == {"p1_2": ("bus", 2.5)}


@pytest.mark.parametrize("line", ["p1_2 bus", "p1_2", "p1_2 2.5 bus"])
def test_other_log_lines_are_refused_with_their_number(tmp_path, line):
    (tmp_path / "log.txt").write_text(f"a bus 1\n{line}\n")
    with pytest.raises(AudioDataError, match=r"line 2 is .*Expected `utterance noise snr`"):
        read_log(tmp_path / "log.txt")


def test_two_versions_side_by_side_are_ambiguous(tmp_path):
    for name in ("clean_trainset_28spk_wav", "clean_trainset_56spk_wav"):
        (tmp_path / name).mkdir()
    with pytest.raises(AudioConfigError, match="Name one pair of folders"):
        find_layout(tmp_path)


@pytest.mark.parametrize(("make", "split", "kind", "message"), [
    ([], "train", AudioDataError, "no train folders found. Expected clean_trainset_28spk_wav"),
    (["clean_trainset_wav"], "train", AudioDataError, "no train folders found"),
    ([], "dev", AudioConfigError, "`split` must be train or test")])
def test_what_is_no_corpus_is_refused(tmp_path, make, split, kind, message):
    for name in make:
        (tmp_path / name).mkdir()
    with pytest.raises(kind, match=message):
        find_layout(tmp_path, split)


def test_a_missing_root_is_refused(tmp_path):
    with pytest.raises(AudioDataError, match="no such folder"):
        find_layout(tmp_path / "none")
