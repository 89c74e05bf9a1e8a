"""Every disease is constructed, and a healthy run must stay without a finding."""

from __future__ import annotations

import json
import math
from types import SimpleNamespace

import numpy as np
import pytest

from gan_core.errors import DataError, RunError
from gan_core.run.doctor import Doctor, diagnose
from gan_core.run.finding import ADVICE

HEALTHY = {"d_loss": 1.0, "d_adversarial": 1.0, "g_loss": 1.2, "g_adversarial": 1.2, "real_logit": 1.5,
           "fake_logit": -1.0, "real_accuracy": 0.87, "fake_accuracy": 0.8, "d_gradient_norm": 1.0,
           "g_gradient_norm": 0.5}


def doctor_for(loss="non_saturating", weight=1.0):
    objective = SimpleNamespace(adversarial=SimpleNamespace(name=loss), generator_weight=weight)
    return Doctor(SimpleNamespace(objective=objective))


def softplus(x):
    return math.log1p(math.exp(-abs(x))) + max(x, 0)


def entries(doctor, count, every=50, start=0, seed=0, **changed):
    """Feed `count` entries of a healthy run with 10% noise, with some quantities set."""
    draw = np.random.default_rng(seed)
    for number in range(1, count + 1):
        step = start + number * every
        values = {name: value * (1 + 0.1 * draw.uniform(-1, 1)) if "loss" in name or "norm" in name else value
                  for name, value in HEALTHY.items()}
        for name, value in changed.items():
            value = value(step) if callable(value) else value
            if value is None:
                values.pop(name)
            else:
                values[name] = value
        doctor.observe(step, values)
    return doctor


def names(doctor):
    return [finding.name for finding in doctor.findings]


CRITIC = {"real_accuracy": None, "fake_accuracy": None}


@pytest.mark.parametrize("every", [1, 7, 50, 500])
def test_a_healthy_run_gives_nothing_at_any_logging_interval(every):
    assert names(entries(doctor_for(), 3000 if every < 50 else 400, every)) == []


@pytest.mark.parametrize("seed", range(5))
def test_ordinary_noise_gives_no_false_alarm(seed):
    draw = np.random.default_rng(seed)
    doctor = entries(doctor_for(), 2000, seed=seed, d_loss=lambda step: draw.normal(1, 0.3),
                   g_gradient_norm=lambda step: math.exp(draw.normal(0, 0.4)))
    assert names(doctor) == []


@pytest.mark.parametrize("every", [1, 50, 500])
def test_frozen_logits_of_plus_and_minus_ten_are_a_discriminator_that_wins(every):
    doctor = entries(doctor_for(), 600 // every + 4, every, d_adversarial=2 * softplus(-10), g_adversarial=softplus(10),
                   real_accuracy=1.0, fake_accuracy=1.0)
    assert "discriminator_wins" in names(doctor)


def test_without_an_adversary_nothing_that_the_discriminator_does_is_a_finding():
    """One that nobody listens to need not recognise anything; a loss that is not finite still is one."""
    doctor = entries(doctor_for(weight=0.0), 40, real_accuracy=0.45, fake_accuracy=0.5)
    assert names(doctor) == []
    assert [finding.name for finding in doctor.observe(9000, {"d_loss": 1.0, "g_loss": math.nan})] == ["nonfinite"]


def test_a_discriminator_wins_only_once_a_window_of_200_updates_is_full():
    doctor = entries(doctor_for(), 3, d_adversarial=1e-4, real_accuracy=1.0, fake_accuracy=1.0)
    assert names(doctor) == []
    entries(doctor, 1, start=150, d_adversarial=1e-4, real_accuracy=1.0, fake_accuracy=1.0)
    assert names(doctor) == ["discriminator_wins"]


def test_a_small_loss_at_imperfect_accuracy_is_no_victory():
    doctor = entries(doctor_for("minimax"), 20, d_adversarial=1e-4, real_accuracy=0.99, fake_accuracy=1.0)
    assert names(doctor) == []


@pytest.mark.parametrize(("loss", "value", "expected"), [
    ("minimax", 0.019, True), ("minimax", 0.021, False), ("hinge", 0.009, True), ("hinge", 0.011, False),
    ("least_squares", 0.009, True), ("least_squares", 0.011, False)])
def test_each_loss_has_its_own_level_of_victory(loss, value, expected):
    doctor = entries(doctor_for(loss), 10, d_adversarial=value, real_accuracy=1.0, fake_accuracy=1.0)
    assert ("discriminator_wins" in names(doctor)) is expected


def test_regularisers_do_not_hide_a_discriminator_that_wins():
    doctor = entries(doctor_for("minimax"), 10, d_loss=5.0, d_adversarial=1e-4, real_accuracy=1.0, fake_accuracy=1.0)
    assert names(doctor) == ["discriminator_wins"]


def test_a_critic_cannot_win():
    assert names(entries(doctor_for("wasserstein"), 30, d_adversarial=-40.0, d_loss=-40.0, **CRITIC)) == []


def test_a_generator_wins_when_no_sample_of_it_is_recognised():
    doctor = entries(doctor_for("minimax"), 10, g_adversarial=0.01, fake_accuracy=0.015)
    assert names(doctor) == ["generator_wins"]


def test_an_accuracy_on_fakes_below_one_percent_is_enough():
    assert names(entries(doctor_for("minimax"), 30, fake_accuracy=0.005)) == ["generator_wins"]


def test_a_discriminator_that_has_not_learned_yet_is_not_beaten():
    assert names(entries(doctor_for("minimax"), 20, fake_accuracy=0.005)) == []


def test_a_generator_with_a_loss_does_not_win_at_an_accuracy_of_one_and_a_half_percent():
    assert names(entries(doctor_for("minimax"), 30, fake_accuracy=0.015)) == []


@pytest.mark.parametrize("every", [1, 50, 500])
def test_a_gradient_a_thousandth_of_its_early_median_vanishes(every):
    doctor = entries(doctor_for(), 1000 // every, every)
    entries(doctor, max(400 // every, 3), every, start=1000, g_gradient_norm=0.5 * 0.9e-3)
    assert "vanishing_gradient" in names(doctor)


def test_a_gradient_two_thousandths_of_its_early_median_has_not_vanished():
    doctor = entries(entries(doctor_for(), 20), 40, start=1000, g_gradient_norm=1e-3)
    assert names(doctor) == []


@pytest.mark.parametrize("name", ["d_gradient_norm", "g_gradient_norm"])
def test_a_gradient_norm_of_more_than_ten_medians_explodes(name):
    doctor = entries(entries(doctor_for(), 30), 1, start=1500, **{name: 11 * HEALTHY[name]})
    assert names(doctor) == ["exploding_gradient"]
    assert {"d_gradient_norm": "discriminator", "g_gradient_norm": "generator"}[name] in doctor.findings[0].what


def test_a_gradient_norm_of_eight_medians_does_not_explode():
    assert names(entries(entries(doctor_for(), 30), 1, start=1500, d_gradient_norm=8.0)) == []


def test_a_loss_far_outside_its_spread_is_a_spike():
    doctor = entries(entries(doctor_for(), 30), 1, start=1500, d_loss=1.6)
    assert names(doctor) == ["spike"]
    assert doctor.findings[0].level == "info"


def test_a_loss_of_four_standard_deviations_is_no_spike():
    assert names(entries(entries(doctor_for(), 30), 1, start=1500, d_loss=1.23)) == []  # ± 0.1 uniform: 0.0577


def test_a_tiny_change_of_a_constant_loss_is_no_spike():
    assert names(entries(entries(doctor_for(), 30, d_loss=1.0), 1, start=1500, d_loss=1.0001)) == []


@pytest.mark.parametrize("every", [1, 7, 50])
def test_a_variance_that_grows_by_more_than_four_is_unstable(every):
    draw = np.random.default_rng(1)
    before = 200 if every == 50 else 1000 // every + 200
    doctor = entries(doctor_for(), before, every)
    entries(doctor, 60 if every == 50 else 300 // every + 10, every, start=before * every,
          d_loss=lambda step: 1 + 0.17 * draw.choice([-1, 1]))
    assert "d_loss_unstable" in names(doctor)


def test_a_variance_that_doubles_is_not_unstable():
    draw = np.random.default_rng(1)
    doctor = entries(entries(doctor_for(), 200), 60, start=10_000, d_loss=lambda step: 1 + 0.08 * draw.choice([-1, 1]))
    assert names(doctor) == []


@pytest.mark.parametrize("accuracy", [0.79, 0.96])
def test_an_accuracy_outside_the_healthy_band_is_information(accuracy):
    doctor = entries(doctor_for(), 40, real_accuracy=accuracy)
    assert [(finding.name, finding.level) for finding in doctor.findings] == [("accuracy_out_of_band", "info")]


def test_the_accuracy_of_the_first_thousand_updates_is_not_judged():
    assert names(entries(doctor_for(), 20, real_accuracy=0.5)) == []


def test_the_band_belongs_to_the_non_saturating_loss_alone():
    assert names(entries(doctor_for("least_squares"), 40, real_accuracy=0.99)) == []


@pytest.mark.parametrize("every", [1, 50, 500])
def test_an_estimate_that_grows_in_ten_windows_diverges(every):
    doctor = entries(doctor_for("wasserstein"), 7000 // every, every, real_logit=lambda step: 1e-3 * step, fake_logit=0.0,
                   **CRITIC)
    assert names(doctor) == ["critic_diverges"]


def test_an_estimate_that_falls_once_in_ten_windows_is_fine():
    doctor = entries(doctor_for("wasserstein"), 200, real_logit=lambda step: step % 2000 / 1000, fake_logit=0.0, **CRITIC)
    assert names(doctor) == []


def test_an_estimate_that_grows_only_at_the_beginning_is_fine():
    doctor = entries(doctor_for("wasserstein"), 100, real_logit=lambda step: min(step, 2500) / 1000, fake_logit=0.0, **CRITIC)
    assert names(doctor) == []


def test_the_logits_of_a_loss_with_a_boundary_are_no_critic():
    assert names(entries(doctor_for(), 200, real_logit=lambda step: 1e-3 * step)) == []


@pytest.mark.parametrize("value", [math.nan, math.inf, None])
def test_a_value_that_is_not_finite_is_found_at_once(value):
    doctor = doctor_for()
    doctor.observe(50, {**HEALTHY, "g_loss": value})
    assert names(doctor) == ["nonfinite"]
    assert "g_loss" in doctor.findings[0].what


def test_a_validation_score_that_is_not_finite_is_no_divergence():
    assert doctor_for().observe(50, {"fid": math.nan}) == []


def test_a_condition_is_reported_once_while_it_lasts():
    doctor = entries(doctor_for("minimax"), 100, fake_accuracy=0.0)
    assert names(doctor) == ["generator_wins"]


def test_a_condition_is_reported_again_after_it_was_gone():
    doctor = entries(doctor_for("minimax"), 10, fake_accuracy=0.0, g_adversarial=0.0)
    entries(doctor, 20, start=500)
    entries(doctor, 10, start=1500, fake_accuracy=0.0, g_adversarial=0.0)
    assert names(doctor) == ["generator_wins", "generator_wins"]


def test_observe_returns_only_what_is_new():
    sick = {**HEALTHY, "fake_accuracy": 0.0, "g_adversarial": 0.0}
    doctor = entries(doctor_for("minimax"), 3, fake_accuracy=0.0, g_adversarial=0.0)
    assert [finding.name for finding in doctor.observe(200, sick)] == ["generator_wins"]
    assert doctor.observe(250, sick) == []


def test_a_tick_without_a_generator_update_is_judged_by_what_it_has():
    doctor = doctor_for("wasserstein")
    for step in range(1, 1500):
        absent = {"real_accuracy", "fake_accuracy"} | (set() if step % 5 == 0 else {"g_loss", "g_adversarial", "g_gradient_norm"})
        doctor.observe(step, {name: value for name, value in HEALTHY.items() if name not in absent})
    assert names(doctor) == []


def test_a_new_phase_starts_a_new_history():
    doctor = entries(doctor_for(), 40, phase=0)
    entries(doctor, 40, start=2000, phase=1, g_gradient_norm=1e-4, d_loss=3.0, d_gradient_norm=40.0)
    assert names(doctor) == []


def test_a_finding_is_one_line_with_step_name_numbers_and_advice():
    doctor = entries(doctor_for("minimax"), 40, fake_accuracy=0.0, g_adversarial=0.0)
    text = str(doctor.findings[0])
    assert "\n" not in text
    assert text.startswith("step 200: warning: generator_wins: ")
    assert text.endswith(ADVICE["generator_wins"][1])


def exploding_late(step):
    return 0.1 if step < 3500 else 12.0


@pytest.mark.parametrize("stop", [50, 1000, 3450, 4000])
def test_a_restored_doctor_continues_exactly(stop):
    whole = entries(doctor_for("wasserstein"), 160, seed=3, real_logit=lambda step: 1e-3 * step, d_gradient_norm=exploding_late, **CRITIC)
    assert len(whole.findings) > 1
    recording = []
    listener = SimpleNamespace(observe=lambda step, values: recording.append((step, values)))
    entries(listener, 160, seed=3, real_logit=lambda step: 1e-3 * step, d_gradient_norm=exploding_late, **CRITIC)
    halves = doctor_for("wasserstein")
    for step, values in recording:
        halves.observe(step, values)
        if step == stop:
            state = json.loads(json.dumps(halves.state()))
            halves = doctor_for("wasserstein")
            halves.restore(state)
    assert halves.findings == whole.findings
    assert halves.state() == whole.state()


def test_restoring_nothing_leaves_a_new_doctor():
    doctor = doctor_for()
    doctor.restore(None)
    assert doctor.state() == doctor_for().state()


# ---------------------------------------------------------------------- mode collapse


def images(count=64, seed=0, scale=1.0):
    return (scale * np.random.default_rng(seed).normal(size=(count, 8, 8, 1))).astype(np.float32)


def test_a_constant_generator_has_collapsed():
    doctor = doctor_for()
    doctor.inspect(500, np.full((64, 8, 8, 1), 0.3, np.float32), images())
    assert names(doctor) == ["mode_collapse"]


def test_samples_as_diverse_as_the_data_have_not_collapsed():
    assert doctor_for().inspect(500, images(seed=1), images()) == []


@pytest.mark.parametrize(("scale", "expected"), [(0.18, ["mode_collapse"]), (0.22, [])])
def test_a_fifth_of_the_distances_of_real_samples_is_the_limit(scale, expected):
    assert [finding.name for finding in doctor_for().inspect(500, images(seed=1, scale=scale), images())] == expected


def test_samples_that_differ_in_a_few_elements_alone_have_collapsed():
    fakes = np.zeros((64, 8, 8, 1), np.float32)
    fakes[:, :2] = 3 * images(seed=1)[:, :2]
    assert [finding.name for finding in doctor_for().inspect(500, fakes, images())] == ["mode_collapse"]


def test_a_collapse_is_reported_once_over_several_inspections():
    doctor = doctor_for()
    for step in (500, 1000, 1500):
        doctor.inspect(step, np.zeros((64, 3), np.float32), images().reshape(64, -1))
        entries(doctor, 9, start=step)
    assert names(doctor) == ["mode_collapse"]


def test_samples_that_are_not_floats_are_not_inspected():
    assert doctor_for().inspect(500, np.zeros((64, 9), np.int32), np.arange(64 * 9).reshape(64, 9)) == []


# ---------------------------------------------------------------------- the verb


def run_folder(tmp_path, lines):
    (tmp_path / "config.yaml").write_text("recipe: dcgan\n")
    (tmp_path / "metrics.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    return tmp_path


def test_diagnose_finds_in_the_record_what_the_run_was_told(tmp_path, capsys):
    lines = [{"step": step, **HEALTHY, "fake_accuracy": 0.0, "g_adversarial": 0.0} for step in range(50, 500, 50)]
    lines += [{"step": 500, "sample_diversity": 0.01, "sample_spread": 0.5}, {"step": 550, **HEALTHY, "d_loss": None}]
    found = diagnose(run_folder(tmp_path, lines))
    assert [finding.name for finding in found] == ["generator_wins", "mode_collapse", "nonfinite"]
    printed = capsys.readouterr().out
    assert all(str(finding) in printed for finding in found)
    assert "3 findings in 550 steps" in printed


def test_diagnose_knows_the_loss_from_the_newest_checkpoint(tmp_path):
    folder = run_folder(tmp_path, [{"step": step, **HEALTHY, "real_accuracy": 0.99} for step in range(50, 2000, 50)])
    assert diagnose(folder) == []
    manifest = folder / "checkpoints" / "step-000001000" / "manifest.json"
    manifest.parent.mkdir(parents=True)
    manifest.write_text(json.dumps({"doctor": doctor_for("non_saturating").state()}))
    assert [finding.name for finding in diagnose(folder)] == ["accuracy_out_of_band"]


def test_diagnose_of_a_run_without_records_finds_nothing(tmp_path, capsys):
    assert diagnose(run_folder(tmp_path, [])) == []
    assert "0 findings in 0 steps" in capsys.readouterr().out


def test_diagnose_refuses_what_is_no_run_folder(tmp_path):
    with pytest.raises(RunError, match=r"is not a run folder"):
        diagnose(tmp_path)


def test_a_record_without_a_readable_line_is_refused(tmp_path):
    (tmp_path / "config.yaml").write_text("recipe: x")
    (tmp_path / "metrics.jsonl").write_text("garbage")
    with pytest.raises(DataError, match="no line can be read"):
        diagnose(tmp_path)


def test_diagnose_passes_over_damaged_lines(tmp_path, capsys):
    folder = run_folder(tmp_path, [{"step": 50, "d_loss": 1.0}])
    with (folder / "metrics.jsonl").open("a") as stream:
        stream.write('{"step": "x"}\n{"step": 100, "d_loss": "high"}\n{"step": 150, "d_loss": 1.0}\n')
    diagnose(folder)
    assert "0 findings in 150 steps" in capsys.readouterr().out
