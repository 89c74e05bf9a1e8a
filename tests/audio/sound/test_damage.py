import numpy as np
import pytest

from gan_audio.errors import AudioConfigError, AudioDataError
from gan_audio.sound import damage
from gan_core.errors import ConfigError

WAVE = np.sin(np.arange(16_000) / 20).astype(np.float32) * 0.8
RIR = np.zeros(400)
RIR[[50, 200]] = 0.5, 0.25
ALL = [damage.Clip(level=0.3), damage.Clip(percentile=90), damage.DropPackets(0.2), damage.DropPackets(0.2, burst=3),
       damage.DropPackets(0.2, fill="repeat"), damage.RemoveChunks(3), damage.BandLimit(8000), damage.BandLimit(4000),
       damage.MuLaw(8), damage.Reverb(RIR), damage.Hum(50), damage.Hum(60)]


def rng():
    return np.random.default_rng(3)


@pytest.mark.parametrize("each", ALL, ids=lambda each: type(each).__name__)
def test_length_type_and_the_clean_side_are_kept(each):
    clean = WAVE[:15_999].copy()
    damaged = each(clean, rng())
    assert damaged.shape == clean.shape
    assert damaged.dtype == np.float32
    np.testing.assert_array_equal(clean, WAVE[:15_999])
    assert not np.array_equal(damaged, clean)


@pytest.mark.parametrize("each", ALL, ids=lambda each: type(each).__name__)
def test_equal_generators_give_equal_damage(each):
    np.testing.assert_array_equal(each(WAVE, rng()), each(WAVE, rng()))


def test_clipping_keeps_the_sign_and_limits_the_size():
    np.testing.assert_allclose(damage.Clip(level=0.5)(np.array([-0.9, -0.2, 0.0, 0.7])), [-0.5, -0.2, 0, 0.5])


def test_clipping_by_percentile_clips_that_share():
    clipped = damage.Clip(percentile=90)(WAVE)
    assert np.mean(np.abs(clipped) >= np.abs(clipped).max() - 1e-6) == pytest.approx(0.1, abs=0.01)


@pytest.mark.parametrize("burst", [None, 4.0])
def test_the_share_of_lost_packets_is_the_rate(burst):
    lost = damage.DropPackets(0.2, burst=burst).lost(50_000, rng())
    assert lost.mean() == pytest.approx(0.2, abs=0.02)


def test_bursts_have_the_mean_length_asked_for():
    from gan_audio.sound.frames import runs

    lengths = np.diff(runs(damage.DropPackets(0.2, burst=4.0).lost(50_000, rng())), axis=1)
    assert lengths.mean() == pytest.approx(4.0, abs=0.3)


def test_a_lost_packet_may_repeat_the_one_before():
    wave = np.repeat(np.arange(1, 51, dtype=np.float32), 320)
    repeated = damage.DropPackets(0.3, fill="repeat")(wave, rng())
    lost = damage.DropPackets(0.3).lost(50, rng())
    kept = np.maximum.accumulate(np.where(lost, 0, np.arange(1, 51)))  # 0: none before it
    np.testing.assert_array_equal(repeated[::320], kept)


def test_removed_chunks_have_the_lengths_asked_for():
    gone = damage.RemoveChunks(1, 0.01, 0.02)(np.ones(16_000, np.float32), rng()) == 0
    assert 160 <= gone.sum() <= 320


def test_band_limiting_removes_what_lies_above():
    time = np.arange(16_000) / 16_000
    low, high = np.sin(2 * np.pi * 1000 * time), np.sin(2 * np.pi * 6000 * time)
    limited = damage.BandLimit(8000)(low + high)
    assert np.abs(limited - low)[500:-500].max() < 1e-3


def test_mu_law_error_shrinks_with_bits():
    errors = [np.abs(damage.MuLaw(bits)(WAVE) - WAVE).max() for bits in (6, 8, 12)]
    assert errors[0] > errors[1] > errors[2]
    assert errors[1] < 0.03


def test_the_direct_path_of_a_room_is_aligned_and_unchanged():
    impulse = np.zeros(1000)
    impulse[100] = 1
    wet = damage.Reverb(RIR)(impulse)
    assert wet[100] == pytest.approx(1.0)
    assert wet[250] == pytest.approx(0.5)


def test_hum_has_its_frequency():
    hum = damage.Hum(60, harmonics=1)(np.zeros(16_000), rng())
    assert np.abs(np.fft.rfft(hum)).argmax() == 60
    assert np.abs(hum).max() == pytest.approx(0.05, abs=1e-3)


def test_damages_are_built_by_name():
    assert damage.build_damage("clip", percentile=90) == damage.Clip(percentile=90)


@pytest.mark.parametrize(("make", "message"), [
    (lambda: damage.Clip(), "exactly one of `level` and `percentile`"),
    (lambda: damage.Clip(level=-1), "`level` must be positive. Received: level=-1"),
    (lambda: damage.DropPackets(1.0), r"`rate` must lie in \[0, 1\). Received: rate=1.0"),
    (lambda: damage.DropPackets(0.9, burst=2), "`burst` must be"),
    (lambda: damage.DropPackets(fill="noise"), "`fill` must be zero or repeat"),
    (lambda: damage.BandLimit(0), "`rate` must be positive"),
    (lambda: damage.MuLaw(1), "`bits` must lie in 2..16. Received: bits=1"),
    (lambda: damage.Hum(4000), "`frequency` times `harmonics`"),
    (lambda: damage.build_damage("clip", rate=1), "damage 'clip' takes level, percentile"),
])
def test_impossible_options_are_refused(make, message):
    with pytest.raises(AudioConfigError, match=message):
        make()


def test_an_unknown_damage_suggests_the_nearest():
    with pytest.raises(ConfigError, match="Did you mean 'reverb'"):
        damage.build_damage("reverp")


def test_a_silent_room_is_refused():
    with pytest.raises(AudioDataError, match="not silent"):
        damage.Reverb(np.zeros(10))


@pytest.mark.parametrize(("text", "expected"), [
    ("clip:percentile=90", damage.Clip(percentile=90)), ("hum", damage.Hum()), ("mu_law:bits=6", damage.MuLaw(6)),
    ("drop_packets:rate=0.2,fill=repeat", damage.DropPackets(0.2, fill="repeat"))])
def test_a_damage_from_text(text, expected):
    assert damage.damage_from_text(text) == expected


def test_a_room_from_a_file(write):
    room = damage.damage_from_text(f"reverb:response={write('room.wav', np.eye(1, 50)[0])}")
    assert len(room.response) == 50


@pytest.mark.parametrize(("text", "message"), [
    ("clap", "unknown damage"), ("clip:percentile", "must have the form name:option=value"),
    ("clip:volume=3", "takes level, percentile"), ("reverb", "cannot be made of these options"),
    ("mu_law:bits=many", "cannot be made of these options"), ("mu_law:bits=40", "`bits` must lie in 2..16")])
def test_a_text_that_names_no_damage_is_refused(text, message):
    with pytest.raises(ConfigError, match=message):
        damage.damage_from_text(text)
