import numpy as np
import pytest

from gan_audio.data.folder import PairedArrays
from gan_audio.data.windows import window_starts
from gan_audio.errors import AudioConfigError, AudioDataError
from gan_audio.sound.emphasis import preemphasis


@pytest.mark.parametrize(("length", "tail", "starts"), [
    (16, "align", [0, 8]), (20, "align", [0, 8, 12]), (20, "drop", [0, 8]), (8, "align", [0]), (8, "drop", [0]),
    (5, "align", [0]), (5, "drop", []), (9, "align", [0, 1])])
def test_window_starts(length, tail, starts):
    assert window_starts(length, 8, 8, tail).tolist() == starts


def ramp(length, begin=1):
    return np.arange(begin, begin + length, dtype=np.float32) / 100


def draw(source, indices=None, epoch=0):
    indices = np.arange(len(source)) if indices is None else np.asarray(indices)
    seeds = np.stack([np.full(len(indices), 1000 + epoch), indices], axis=1)
    return source.draw(indices, seeds)


def test_windows_equal_those_of_the_filtered_whole():
    wave, noisy = np.random.default_rng(0).standard_normal((2, 40)).astype(np.float32)
    source = PairedArrays([(wave, noisy)], window=16, hop=8)
    whole = preemphasis(wave)
    expected = [whole[start:start + 16] for start in window_starts(40, 16, 8)]
    np.testing.assert_allclose(draw(source)[0], expected, atol=1e-6)


def test_both_sides_come_from_the_same_place():
    source = PairedArrays([(ramp(40), 2 * ramp(40)), (ramp(50, 1000), 2 * ramp(50, 1000))], window=16, hop=8,
                          preemphasis=0)
    clean, noisy = draw(source)
    np.testing.assert_array_equal(noisy, 2 * clean)


def test_short_recordings_are_padded_with_zeros():
    clean, _ = draw(PairedArrays([(ramp(10), ramp(10))], window=16, hop=8, preemphasis=0))
    np.testing.assert_array_equal(clean, [np.concatenate([ramp(10), np.zeros(6)])])


def test_the_window_before_the_first_sample_is_not_the_recording_before():
    source = PairedArrays([(ramp(16, 500), ramp(16, 500)), (ramp(16), ramp(16))], window=16, hop=16)
    assert draw(source)[0][1, 0] == np.float32(0.01)


def test_random_windows_reach_every_start_and_stay_inside():
    source = PairedArrays([(ramp(20), ramp(20))], window=16, hop=8, windows="random", preemphasis=0)
    assert len(source) == 1
    starts = {round(float(draw(source, [0], epoch)[0][0, 0]) * 100) - 1 for epoch in range(60)}
    assert starts == {0, 1, 2, 3, 4}


def test_random_windows_of_a_recording_of_one_window():
    source = PairedArrays([(ramp(16), ramp(16))], window=16, hop=8, windows="random", preemphasis=0)
    np.testing.assert_array_equal(draw(source)[0][0], ramp(16))


def test_the_draw_depends_on_seeds_alone():
    source = PairedArrays([(ramp(900), ramp(900))] * 3, window=16, hop=8, windows="random")
    together = draw(source)[0]
    np.testing.assert_array_equal(draw(source, [2])[0][0], together[2])


def test_shifted_windows_stay_near_their_place_and_inside():
    source = PairedArrays([(ramp(64), ramp(64))], window=16, hop=16, shift=5, preemphasis=0)
    for epoch in range(30):
        starts = np.rint(draw(source, epoch=epoch)[0][:, 0] * 100).astype(int) - 1
        assert (np.abs(starts - [0, 16, 32, 48]) <= 5).all()
        assert starts.min() >= 0
        assert starts.max() <= 48


def test_the_loader_draws_every_window_once_per_epoch():
    from gan_core.data.loader import Loader

    source = PairedArrays([(ramp(80), -ramp(80))], window=16, hop=16, preemphasis=0)
    batches = list(Loader(source, 5, seed=1).dataset(steps=1))
    assert batches[0]["real"].shape == batches[0]["noisy"].shape == (5, 16, 1)
    firsts = sorted(np.asarray(batches[0]["real"])[:, 0, 0].tolist())
    np.testing.assert_allclose(firsts, ramp(80)[::16])
    np.testing.assert_array_equal(batches[0]["noisy"], -batches[0]["real"])


@pytest.mark.parametrize(("options", "message"), [
    ({"windows": "all"}, "`windows` must be grid or random"),
    ({"shift": -1}, "`shift` must be 0 or more"),
    ({"shift": 4, "windows": "random"}, "`shift` must be 0 or more samples, and 0 with"),
    ({"hop": 0}, "`hop` must be at least 1. Received: hop=0"),
    ({"tail": "pad"}, "`tail` must be align or drop"),
    ({"preemphasis": 1.0}, "`preemphasis` must lie"),
])
def test_impossible_options_are_refused(options, message):
    with pytest.raises(AudioConfigError, match=message):
        PairedArrays([(ramp(20), ramp(20))], **{"window": 16, "hop": 8, **options})


@pytest.mark.parametrize("pairs", [[], [(ramp(5), ramp(6))], [(ramp(0), ramp(0))]])
def test_arrays_that_are_no_pairs_are_refused(pairs):
    with pytest.raises(AudioDataError, match="`pairs` must hold"):
        PairedArrays(pairs)


def test_the_content_hash_follows_the_recordings_and_not_how_windows_are_drawn():
    wave = np.random.default_rng(0).standard_normal(40).astype(np.float32)
    changed = np.array(wave)
    changed[39] += 0.01
    known = PairedArrays([(wave, wave)], window=16, hop=8).content_hash
    assert PairedArrays([(wave.copy(), wave)], window=16, hop=8, preemphasis=0).content_hash == known
    assert PairedArrays([(wave, changed)], window=16, hop=8).content_hash != known
    assert PairedArrays([(wave, wave)], window=16, hop=4).content_hash != known
