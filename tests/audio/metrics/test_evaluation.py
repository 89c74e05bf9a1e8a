import json
import math

import numpy as np
import pytest

from gan_audio.baselines import Identity
from gan_audio.data.folder import Recording
from gan_audio.errors import AudioConfigError, AudioDataError
from gan_audio.metrics.evaluation import evaluate

TONE = np.sin(np.arange(4000) / 9).astype(np.float32)


def recording(name, gain, snr=None, clean=TONE):
    return Recording(name, clean, gain * clean, 16_000, "bus", snr)


class Perfect:
    def enhance(self, wave, sample_rate):
        return TONE


DATA = [recording("a", 0.9, 0.0), recording("b", 0.99, 0.0), recording("c", 0.999, 10.0)]


def test_a_table_is_the_mean_of_per_file_values():
    result = evaluate(DATA, {"identity": Identity()}, ["snr"])
    for system in ("noisy", "identity"):
        assert result.values[system]["snr"] == pytest.approx([20, 40, 60], abs=0.05)
        assert result.mean(system, "snr") == pytest.approx(40, abs=0.05)


def test_groups_by_snr():
    result = evaluate(DATA, {}, ["snr"])
    assert result.snrs == [0.0, 10.0]
    assert result.mean("noisy", "snr", 0.0) == pytest.approx(30, abs=0.05)


def test_undefined_values_are_left_out_and_said():
    silent = recording("d", 1.0, clean=0 * TONE)
    result = evaluate([*DATA, silent], {}, ["snr"])
    assert result.mean("noisy", "snr") == pytest.approx(40, abs=0.05)
    assert result.notes == ["1 values are not defined (silence, or too short) and left out of the means"]
    assert result.as_dict()["systems"]["noisy"]["files"] == {"snr": 3}


def test_the_dictionary_is_json_without_infinities():
    result = evaluate(DATA, {"perfect": Perfect()}, ["snr", "si_sdr"]).as_dict()
    again = json.loads(json.dumps(result, allow_nan=False))
    assert again["systems"]["perfect"]["per_file"]["snr"] == [None, None, None]
    assert again["systems"]["noisy"]["per_snr"]["10"]["snr"] == pytest.approx(60, abs=0.1)


def test_the_table_has_a_row_per_system():
    rows = evaluate(DATA, {"perfect": Perfect()}, ["snr", "segmental_snr"]).table()
    assert rows[0] == ["", "snr", "segmental_snr"]
    assert rows[2] == ["perfect", "inf", "35.00"]


def test_composites_name_their_implementation():
    pytest.importorskip("pesq")
    data = [recording("a", 0.9, clean=np.tile(TONE, 4))]
    result = evaluate(data, {}, ["composite"])
    assert list(result.values["noisy"]) == ["csig", "cbak", "covl"]
    assert result.notes[0].startswith("PESQ (wb): pesq")


def test_progress_is_told():
    seen = []
    evaluate(DATA, {}, ["snr"], tell=lambda done, name: seen.append((done, name)))
    assert seen == [(1, "a"), (2, "b"), (3, "c")]


def test_an_unknown_metric_suggests_the_nearest():
    with pytest.raises(AudioConfigError, match=r"unknown metric. Received: 'sisdr'. Did you mean 'si_sdr'"):
        evaluate(DATA, {}, ["sisdr"])


def test_nothing_to_evaluate_is_an_error():
    with pytest.raises(AudioDataError, match="no recording"):
        evaluate([], {}, ["snr"])


def test_a_mean_of_nothing_is_not_defined():
    result = evaluate([recording("d", 1.0, clean=0 * TONE)], {}, ["snr"])
    assert math.isnan(result.mean("noisy", "snr"))
