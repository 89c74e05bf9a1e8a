import numpy as np
import pytest

from gan_audio.data.inspection import Report
from gan_audio.data.pairing import Pair, find_pairs, hold_out, read_pair
from gan_audio.errors import AudioConfigError, AudioDataError, PairError

NOISE = np.random.default_rng(0).normal(0, 0.1, 16_000).astype(np.float32)


def the_pair(folders):
    return find_pairs(*folders)[0]


def test_pairs_meet_by_name_whatever_the_container_and_order(write, tmp_path):
    for side, names in (("clean", ("b.wav", "a.flac", "s/c.wav")), ("noisy", ("a.wav", "s/c.wav", "b.wav"))):
        for name in names:
            write(f"{side}/{name}")
    pairs = find_pairs(tmp_path / "clean", tmp_path / "noisy")
    assert [(pair.key, pair.clean.name, pair.noisy.name) for pair in pairs] == [
        ("a", "a.flac", "a.wav"), ("b", "b.wav", "b.wav"), ("s/c", "c.wav", "c.wav")]


def test_names_are_case_sensitive(write, tmp_path):
    for name in ("clean/a.wav", "clean/b.wav", "noisy/A.wav", "noisy/b.wav"):
        write(name)
    with pytest.raises(PairError, match=r"1 clean files without a noisy one.*: a; 1 noisy files.*: A\. 1 pairs match"):
        find_pairs(tmp_path / "clean", tmp_path / "noisy")


@pytest.mark.parametrize(("missing", "message"), [
    ("noisy", r"12 clean files without a noisy one in .*noisy: 00, 01, .*, 09 and 2 more\. 1 pairs match"),
    ("clean", r"12 noisy files without a clean one in .*clean: 00, 01, .*, 09 and 2 more\. 1 pairs match")])
def test_missing_partners_are_counted_and_the_first_ten_named(tmp_path, missing, message):
    for side in ("clean", "noisy"):
        (tmp_path / side).mkdir()
        for name in ["zz"] + ([] if side == missing else [f"{index:02}" for index in range(12)]):
            (tmp_path / side / f"{name}.wav").touch()
    with pytest.raises(PairError, match=message):
        find_pairs(tmp_path / "clean", tmp_path / "noisy")


def test_files_without_partner_are_reported_when_not_strict(folders):
    clean, noisy = folders(2)
    (noisy / "a.wav").unlink()
    report = Report()
    assert [pair.key for pair in find_pairs(clean, noisy, strict=False, report=report)] == ["b"]
    assert report.skipped == {str(clean / "a.wav"): "no noisy partner"}


def test_no_pair_at_all_is_an_error_even_when_not_strict(write, tmp_path):
    write("clean/a.wav")
    write("noisy/b.wav")
    with pytest.raises(PairError, match=r"0 pairs match. Partners must have the same name"):
        find_pairs(tmp_path / "clean", tmp_path / "noisy", strict=False)


def test_lengths_that_differ_by_a_millisecond_are_cut_and_noted(write, tmp_path):
    pair = Pair("a", write("clean/a.wav", NOISE), write("noisy/a.wav", NOISE[:-16] * 0.9))
    report = Report()
    clean, noisy = read_pair(pair, sample_rate=16_000, report=report)
    assert len(clean) == len(noisy) == 15_984
    assert report.notes == {"lengths differ by at most 1 ms, cut to the shorter": ["a"]}


def test_lengths_that_differ_more_are_refused(write):
    pair = Pair("a", write("clean/a.wav", NOISE), write("noisy/a.wav", NOISE[:-17]))
    with pytest.raises(PairError, match=r"16000 frames at 16000 Hz \(1.000 s\) but .* 15983 at 16000 Hz"):
        read_pair(pair, sample_rate=16_000)


def test_rates_that_differ_are_converted_and_noted(write):
    pair = Pair("a", write("clean/a.wav", NOISE), write("noisy/a.wav", NOISE[:8000], rate=8000))
    report = Report()
    assert len(read_pair(pair, sample_rate=16_000, report=report)[1]) == 16_000
    assert "rates differ inside the pair, both converted" in report.notes


def test_rates_that_differ_are_refused_without_resampling(write):
    pair = Pair("a", write("clean/a.wav", NOISE), write("noisy/a.wav", NOISE[:8000], rate=8000))
    with pytest.raises(PairError, match=r"16000 Hz but .* at 8000 Hz. Pass `resample=True`"):
        read_pair(pair, sample_rate=16_000, resample=False)


@pytest.mark.parametrize(("clean", "kind"), [
    (0 * NOISE, "silent target"), (np.clip(NOISE, -0.05, 0.05), "clipped"),
    (20 * NOISE, "beyond full scale (a generator with tanh cannot reach it)")])
def test_unusual_targets_are_kept_and_noted(write, clean, kind):
    pair = Pair("a", write("clean/a.wav", clean, subtype="FLOAT"), write("noisy/a.wav", NOISE))
    report = Report()
    read_pair(pair, sample_rate=16_000, report=report)
    assert [name.split()[0] for name in report.notes[kind]] == ["a"]


def test_an_ordinary_pair_leaves_no_note(folders):
    report = Report()
    read_pair(the_pair(folders(1)), sample_rate=16_000, report=report)
    assert not report.counts


def test_separate_channels_are_refused_for_pairs(folders):
    with pytest.raises(AudioConfigError, match="`channels` must be error, mix or first for pairs"):
        read_pair(the_pair(folders(1)), sample_rate=16_000, channels="separate")


def test_an_empty_file_is_refused(write):
    pair = Pair("a", write("clean/a.wav", np.zeros(0)), write("noisy/a.wav"))
    with pytest.raises(AudioDataError, match="0 frames"):
        read_pair(pair, sample_rate=16_000)


def pairs_of(*names):
    return [Pair(name, None, None) for name in names]


def test_speakers_are_held_out_whole():
    train, validation = hold_out(pairs_of("p226_001", "p226_002", "sub/p287-001", "p300_001"))
    assert [pair.key for pair in train] == ["p300_001"]
    assert [pair.key for pair in validation] == ["p226_001", "p226_002", "sub/p287-001"]


@pytest.mark.parametrize(("speakers", "message"), [
    (("p999",), "`speakers` holds p999, of whom there is no file. Speakers found .*: p226, p300"),
    (("p226", "p300"), "leaves no pair for training")])
def test_impossible_hold_outs_are_refused(speakers, message):
    with pytest.raises(AudioConfigError, match=message):
        hold_out(pairs_of("p226_001", "p300_001"), speakers)
