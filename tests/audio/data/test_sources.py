import numpy as np
import pytest

from gan_audio.data.folder import PairedAudioFolder
from gan_audio.data.sources import Reading, evenly, load_source, parse_source, recordings, unseen_recordings
from gan_audio.errors import AudioConfigError, AudioDataError

FEW = {"window": 4096, "hop": 4096, "preemphasis": 0.0}


@pytest.fixture
def speakers(tmp_path, write):
    """root/clean and root/noisy with files s1_1, s1_2, s2_1, ..."""
    noise = 0.05 * np.random.default_rng(0).standard_normal(8000).astype(np.float32)
    for side in ("clean", "noisy"):
        for speaker in ("s1", "s2", "s3"):
            for number in (1, 2):
                samples = np.sin(np.arange(8000) / (5 + number)).astype(np.float32) * 0.3 + (side == "noisy") * noise
                write(f"{side}/{speaker}_{number}.wav", samples)
    return tmp_path


@pytest.mark.parametrize(("source", "expected"), [
    ("folder:a/b", ("folder", "a/b")), ("voicebank:x", ("voicebank", "x")), ("pairs:a,b", ("pairs", "a,b")),
    ("damage:c", ("damage", "c")), ("synthetic", ("synthetic", ""))])
def test_a_source_has_a_scheme_and_a_place(source, expected):
    assert parse_source(source) == expected


def test_an_existing_folder_is_a_folder_source(tmp_path):
    assert parse_source(str(tmp_path)) == ("folder", str(tmp_path))


@pytest.mark.parametrize(("source", "message"), [
    ("foldr:a", "unknown data source. Received: 'foldr:a'. Did you mean 'folder'"), ("", "unknown data source"),
    ("folder:", "must have the form folder:ROOT"), ("synthetic:4", "must have the form synthetic"),
    ("pairs:a", "must have the form pairs:CLEAN_DIR,NOISY_DIR"), ("pairs:a,", "must have the form pairs")])
def test_a_source_of_another_form_is_refused(source, message):
    with pytest.raises(AudioConfigError, match=message):
        parse_source(source)


def test_held_out_speakers_are_not_trained_on(speakers):
    train, held = load_source(f"folder:{speakers}", held_out=("s2",), **FEW)
    assert isinstance(train, PairedAudioFolder)
    assert sorted({pair.speaker for pair in train.pairs}) == ["s1", "s3"]
    assert [each.name for each in held] == ["s2_1", "s2_2"]


def test_without_speakers_a_share_of_the_files_is_held_out(speakers):
    train, held = load_source(f"pairs:{speakers / 'clean'},{speakers / 'noisy'}", validation=0.3, **FEW)
    names = {pair.key for pair in train.pairs}
    assert (len(names), len(held)) == (4, 2)
    assert not names & {each.name for each in held}


def test_the_split_depends_on_the_seed_alone(speakers):
    chosen = [[each.name for each in load_source(f"folder:{speakers}", validation=0.3, reading=Reading(seed=seed),
                                                 **FEW)[1]] for seed in (0, 0, 1, 2, 3)]
    assert chosen[0] == chosen[1]
    assert len({tuple(names) for names in chosen}) > 1


def test_no_validation_uses_every_file(speakers):
    train, held = load_source(f"folder:{speakers}", validation=0.0, **FEW)
    assert (len(train.pairs), held) == (6, [])
    with pytest.raises(AudioDataError, match=r"everything was used for training.*--data"):
        unseen_recordings(f"folder:{speakers}", validation=0.0)


def test_unseen_recordings_are_the_held_out_ones(speakers):
    held = load_source(f"folder:{speakers}", held_out=("s3",), **FEW)[1]
    again = unseen_recordings(f"folder:{speakers}", held_out=("s3",))
    assert [each.name for each in again] == [each.name for each in held]


def test_unseen_recordings_are_the_test_part_where_there_is_one(tmp_path, write):
    for split in ("train", "test"):
        for side in ("clean", "noisy"):
            write(f"{split}/{side}/{split}_1.wav")
    assert [each.name for each in unseen_recordings(f"folder:{tmp_path}")] == ["test_1"]
    assert [each.name for each in recordings(f"folder:{tmp_path}", split="train")] == ["train_1"]


def test_the_log_of_a_mix_gives_the_groups(speakers):
    (speakers / "log.txt").write_text("s1_1 rain 5\ns2_2 wind 10\n")
    for source in (f"folder:{speakers}", f"pairs:{speakers / 'clean'},{speakers / 'noisy'}"):
        found = {each.name: each.snr for each in recordings(source)}
        assert (found["s1_1"], found["s2_2"], found["s3_1"]) == (5.0, 10.0, None)


def test_a_damaged_folder_has_its_clean_files_as_targets(speakers):
    source, reading = f"damage:{speakers / 'clean'}", Reading(damage="clip:level=0.1")
    train, held = load_source(source, held_out=("s1",), reading=reading, **FEW)
    assert (len(held), np.abs(held[0].noisy).max()) == (2, np.float32(0.1))
    assert np.abs(held[0].clean).max() > 0.29
    assert len(train.rows.lengths) == 4


def test_a_damage_is_the_same_whoever_reads_it(speakers):
    source, reading = f"damage:{speakers / 'clean'}", Reading(damage="drop_packets:rate=0.3")
    held = load_source(source, held_out=("s2",), reading=reading, **FEW)[1]
    alone = {each.name: each.noisy for each in recordings(source, reading=reading)}
    np.testing.assert_array_equal(held[1].noisy, alone[held[1].name])


@pytest.mark.parametrize("options", [{"cache": "x.h5"}, {"speeds": (1.0, 0.9)}])
def test_options_for_pairs_of_files_are_refused_elsewhere(options):
    with pytest.raises(AudioConfigError, match="needs files that are pairs already"):
        load_source("synthetic", **FEW, **options)


def test_the_synthetic_test_part_has_a_noise_of_its_own():
    first = {split: [next(recordings("synthetic", split=split))] for split in ("train", "validation", "test")}
    assert first["test"][0].noise == "pink"
    assert first["train"][0].noise == first["validation"][0].noise == "white"
    assert not np.array_equal(first["train"][0].clean, first["validation"][0].clean)


@pytest.mark.parametrize(("count", "limit", "expected"), [(3, 5, [0, 1, 2]), (10, 3, [0, 4, 9]), (10, 1, [0])])
def test_evenly_spaced_items(count, limit, expected):
    assert evenly(list(range(count)), limit) == expected
