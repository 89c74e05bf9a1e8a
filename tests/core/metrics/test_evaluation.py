import math
import subprocess
import sys
import warnings

import numpy as np
import pytest

from gan_core.errors import ConfigError, DataError
from gan_core.metrics import MetricWarning, evaluate, extract_features
from gan_core.metrics.functional import (
    binomial_interval,
    frechet_distance,
    kernel_distance,
    precision_recall_density_coverage,
)
from gan_core.metrics.score import OF_REAL


def by_name(scores):
    return {score.metric: score for score in scores}


@pytest.fixture
def sets(make_images):
    return make_images(200, 1), make_images(200, 2)


def run(real, fake, extractor, metrics, **options):
    return by_name(evaluate(real, fake, extractor=extractor, metrics=metrics, **options))


def test_values_are_those_of_the_pure_functions(sets, blocks):
    real, fake = (blocks.features(images) for images in sets)
    scores = run(*sets, blocks, ("fid", "kid", "prdc"))
    assert scores["FID"].value == pytest.approx(frechet_distance(real, fake), rel=1e-12)
    assert scores["KID"].value == pytest.approx(kernel_distance(real, fake, subset_size=100).value, rel=1e-12)
    expected = precision_recall_density_coverage(real, fake)
    for name in ("precision", "recall", "density", "coverage"):
        assert scores[name].value == getattr(expected, name)


def test_scores_come_in_the_order_asked_for(sets, blocks):
    scores = evaluate(*sets, extractor=blocks, metrics=("prdc", "fid"))
    assert [score.metric for score in scores] == ["precision", "recall", "density", "coverage", "FID"]


def test_each_score_carries_its_protocol(sets, blocks):
    score = run(*sets, blocks, ("fid",), seed=3)["FID"]
    assert (score.real_count, score.fake_count, score.seed) == (200, 200, 3)
    assert (score.extractor, score.extractor_hash, score.resize) == ("blocks", blocks.hash, "none")
    assert score.reference.startswith("real:")
    assert score.higher_is_better is False


def test_the_reference_follows_the_content_of_the_real_images(sets, blocks):
    first = run(*sets, blocks, ("fid",))["FID"]
    changed = sets[0].copy()
    changed[7, 0, 0, 0] ^= 1
    with pytest.raises(ConfigError, match="differ in reference"):
        first.difference(run(changed, sets[1], blocks, ("fid",))["FID"])


def test_a_stream_scores_as_its_array(sets, blocks):
    stream = run((sets[0][i:i + 9] for i in range(0, 200, 9)), list(np.array_split(sets[1], 3)), blocks, ("fid", "kid"))
    whole = run(*sets, blocks, ("fid", "kid"))
    assert stream == whole


def test_fid_beyond_the_memory_limit_is_that_of_all_images(sets, blocks):
    limited = run(*sets, blocks, ("fid", "prdc"), feature_bytes=80 * 16 * 4)
    assert limited["FID"].value == pytest.approx(run(*sets, blocks, ("fid",))["FID"].value, rel=1e-9)
    assert limited["FID"].real_count == 200
    assert limited["FID"].warnings == ()


def test_other_metrics_beyond_the_limit_use_a_choice_and_say_so(sets, blocks):
    score = run(*sets, blocks, ("prdc",), feature_bytes=80 * 16 * 4)["precision"]
    assert (score.real_count, score.fake_count) == (80, 80)
    assert any("80 of 200 real images, drawn at random, entered" in text for text in score.warnings)


def test_one_side_beyond_the_limit_is_enough_for_moments(make_images, blocks):
    real, fake = make_images(60, 1), make_images(200, 2)
    limited = run(real, fake, blocks, ("fid",), feature_bytes=100 * 16 * 4)["FID"].value
    assert limited == pytest.approx(run(real, fake, blocks, ("fid",))["FID"].value, rel=1e-9)


def test_the_spread_of_fid_and_kid_is_the_deviation_of_new_generated_images(make_images, blocks):
    real = make_images(200, 1)
    drawn = [run(real, make_images(200, seed), blocks, ("fid", "kid")) for seed in range(2, 26)]
    for name in ("FID", "KID"):
        values, stated = ([getattr(scores[name], part) for scores in drawn] for part in ("value", "spread"))
        assert np.mean(stated) == pytest.approx(np.std(values, ddof=1), rel=0.4)  # of 24 values, known to 15 %
        assert drawn[0][name].spread_kind == "standard error over generated images"


def test_precision_has_the_interval_of_a_share(sets, blocks):
    found = run(*sets, blocks, ("prdc",))
    assert found["precision"].interval == pytest.approx(binomial_interval(round(200 * found["precision"].value), 200))
    assert found["recall"].interval is None


def test_of_a_handful_of_images_no_error_is_stated(make_images, blocks):
    found = run(make_images(40, 1), make_images(20, 2), blocks, ("fid", "kid"))
    assert (found["FID"].spread, found["KID"].spread) == (None, None)


def test_the_extractor_sees_every_image_once(sets, blocks):
    run(*sets, blocks, ("fid", "kid", "prdc", "birthday"), batch_size=50)
    assert blocks.calls == 8


def test_warnings_of_a_metric_go_with_its_scores_and_nowhere_else(make_images, blocks):
    real, fake = make_images(60, 1), make_images(40, 2)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        scores = run(real, fake, blocks, ("fid", "kid"))
    assert any("60 real against 40 fake" in text for text in scores["FID"].warnings)
    assert not any("60 real against 40 fake" in text for text in scores["KID"].warnings)


def test_images_of_two_sizes_are_scored_with_a_warning(make_images, blocks):
    blocks.batch = lambda images: images[:, :2, :2, 0].reshape(len(images), 4).astype(np.float32)
    score = run(make_images(40, 1), make_images(40, 2, size=9), blocks, ("kid",))["KID"]
    assert any("real images are 12 x 12 x 1 and generated ones 9 x 9 x 1" in text for text in score.warnings)


def test_a_collapsed_generator_has_low_recall_and_few_samples(make_images, blocks):
    real, one = make_images(200, 1), make_images(3, 2)
    scores = run(real, one[np.arange(200) % 3], blocks, ("prdc", "birthday"))
    assert scores["recall"].value < 0.05
    assert scores["birthday support"].value < 20
    assert scores["birthday support" + OF_REAL].value > 10 * max(scores["birthday support"].value, 1)


def test_the_birthday_test_can_ask_the_generator_itself(sets, blocks, make_images):
    seeds = iter(range(10_000, 20_000))
    asked = []

    def sampler(count):
        asked.append(count)
        return make_images(count, next(seeds))

    score = run(*sets, blocks, ("birthday",), sampler=sampler)["birthday support"]
    assert score.fake_count == sum(asked) == 40 * (8 + 16 + 32)
    assert "new samples" in score.estimator


def test_the_birthday_protocol_does_not_depend_on_the_generator(sets, blocks, make_images):
    good = run(*sets, blocks, ("birthday",))["birthday support"]
    poor = run(sets[0], np.repeat(make_images(20, 5), 10, axis=0), blocks, ("birthday",))["birthday support"]
    assert poor.is_better_than(good) is False


def test_few_birthday_samples_are_said_to_be_drawn_again(sets, blocks):
    notes = run(*sets, blocks, ("birthday",))["birthday support"].warnings
    assert any("drew its repeats from the same 200 generated images" in text for text in notes)


def test_copies_are_found_out(sets, make_images, blocks):
    train = make_images(500, 9)
    scores = run(sets[0], train[:100], blocks, ("memorisation",), train=train)
    score = scores["memorisation"]
    assert score.value > 0.6  # of the 200 training images that enter, 40% hold the copied ones
    assert any("exact copies of training images" in text for text in score.warnings)
    assert score.extractor == ""


def test_an_honest_generator_is_as_near_to_unseen_images(sets, make_images, blocks):
    score = run(*sets, blocks, ("memorisation",), train=make_images(500, 9))["memorisation"]
    assert score.interval[0] <= 0.5 <= score.interval[1]
    assert score.real_count == 200


def test_training_images_give_a_control_of_as_many_images(sets, make_images, blocks):
    train = make_images(500, 9)
    scores = run(*sets, blocks, ("fid", "prdc"), train=train)
    assert scores["FID" + OF_REAL].fake_count == 200
    assert scores["FID" + OF_REAL].value == pytest.approx(scores["FID"].value, rel=0.5)
    far = run(sets[0], make_images(200, 3, shift=40), blocks, ("fid",), train=train)
    assert far["FID"].value > 10 * far["FID" + OF_REAL].value


def test_too_few_training_images_give_no_control(sets, make_images, blocks):
    assert list(run(*sets, blocks, ("fid",), train=make_images(100, 9))) == ["FID"]


def test_ms_ssim_of_both_sides(sets, blocks):
    same = np.repeat(sets[1][:1], 50, axis=0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        scores = run(sets[0], same, blocks, ("ms_ssim",))
    assert scores["MS-SSIM"].value == pytest.approx(1)
    assert scores["MS-SSIM" + OF_REAL].value < 0.5
    assert scores["MS-SSIM"].higher_is_better is None


def test_a_classifier_gives_inception_score_and_modes(make_images, block_classifier):
    real, fake = make_images(600, 1), make_images(600, 2)
    fake[:, :3, :3] = 255  # always the first class
    scores = run(real, fake, block_classifier, ("inception_score", "modes"))
    assert scores["inception score"].value < 1.2
    assert scores["classes found"].value == 1
    assert scores["recognised"].value > 0.9
    assert scores["class balance"].value > 1
    assert scores["inception score"].real_count == 0


def test_feature_sets_are_scored_without_an_extractor(sets, blocks):
    real, fake = (extract_features(images, blocks) for images in sets)
    assert by_name(evaluate(real, fake, metrics=("fid",))) == run(*sets, blocks, ("fid",))


def test_feature_sets_of_two_extractors_are_refused(sets, blocks):
    real = extract_features(sets[0], blocks)
    blocks.hash = "ff"
    with pytest.raises(ConfigError, match="unlike extractors"):
        evaluate(real, extract_features(sets[1], blocks))


def test_real_features_are_found_again_unless_an_image_changed(sets, blocks, tmp_path):
    first = run(*sets, blocks, ("fid", "ms_ssim"), cache=tmp_path, batch_size=200)
    assert blocks.calls == 2
    assert run(*sets, blocks, ("fid", "ms_ssim"), cache=tmp_path, batch_size=200) == first
    assert blocks.calls == 3
    changed = sets[0].copy()
    changed[7, 0, 0, 0] ^= 1
    run(changed, sets[1], blocks, ("fid",), cache=tmp_path, batch_size=200)
    assert blocks.calls == 5


def test_a_metric_that_the_images_do_not_allow_is_left_out_with_its_reason(make_images, blocks):
    with pytest.warns(MetricWarning, match="birthday was left out: the birthday test needs at least 32 real"):
        scores = run(make_images(20, 1), make_images(20, 2), blocks, ("fid", "birthday"))
    assert list(scores) == ["FID"]


def test_no_score_at_all_is_an_error(make_images, blocks):
    with pytest.raises(DataError, match=r"none of the metrics could be computed. fid: .*at least 2 samples"):
        run(make_images(1, 1), make_images(1, 2), blocks, ("fid",))


def test_no_score_is_nan(sets, make_images, blocks):
    for score in run(*sets, blocks, ("fid", "kid", "prdc", "birthday", "memorisation", "ms_ssim"),
                     train=make_images(300, 4)).values():
        assert not math.isnan(score.value)


@pytest.mark.parametrize(("options", "message"), [
    ({"metrics": ("fod",)}, "unknown metric. Received: 'fod'. Did you mean 'fid'"),
    ({"metrics": ()}, "`metrics` must name at least one"),
    ({"metrics": ("memorisation",)}, "`memorisation` compares with.*train=None"),
    ({"metrics": ("inception_score",)}, "'blocks' is no classifier"),
    ({"extractor": None}, "`extractor` is needed"),
    ({"extractor": "encodr"}, "unknown extractor"),
    ({"train": iter([])}, "`train` is read more than once"),
])
def test_what_cannot_be_asked_for_is_refused(sets, blocks, options, message):
    with pytest.raises(ConfigError, match=message):
        evaluate(*sets, **{"extractor": blocks, **options})


def test_progress_goes_to_standard_error_only(sets, blocks, capsys):
    evaluate(*sets, extractor=blocks, metrics=("fid", "birthday"))
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "features of the real images: 200" in captured.err
    assert "birthday" in captured.err


def test_importing_the_evaluator_loads_no_tensorflow():
    code = ("import sys, gan_core.metrics.evaluation, gan_core.cli.metrics; "
            "sys.exit(any(name in sys.modules for name in ('tensorflow', 'keras', 'scipy', 'matplotlib')))")
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_nearest_neighbour_tells_bright_fakes_from_real_ones(make_images, blocks):
    same, apart = (run(make_images(100, 1), make_images(100, 2, shift), blocks, ("two_sample",)) for shift in (0, 120))
    assert abs(same["two-sample accuracy"].value - 0.5) < 0.15
    assert apart["two-sample accuracy"].value > 0.95
    assert {"two-sample accuracy, real", "two-sample accuracy, generated"} < set(same)


# ---------------------------------------------------------------------------------------------- opacity


def with_opacity(images):
    """The images, whose right half is transparent and black."""
    clear = np.concatenate([np.broadcast_to(images, (*images.shape[:3], 3)), np.full((*images.shape[:3], 1), 255, np.uint8)], -1)
    clear[:, :, images.shape[2] // 2:] = 0
    return clear


def over_white(images):
    seen = np.array(np.broadcast_to(images, (*images.shape[:3], 3)))
    seen[:, :, images.shape[2] // 2:] = 255
    return seen


METRICS_OF_ALL_KINDS = ("fid", "kid", "prdc", "birthday", "memorisation")


def test_pictures_with_opacity_score_as_they_look_over_white_and_every_score_says_so(sets, make_images, blocks):
    train = make_images(200, 3)
    clear = run(*map(with_opacity, sets), blocks, METRICS_OF_ALL_KINDS, train=with_opacity(train))
    seen = run(*map(over_white, sets), blocks, METRICS_OF_ALL_KINDS, train=over_white(train))
    assert {name: score.value for name, score in clear.items()} == {name: score.value for name, score in seen.items()}
    assert all("images with opacity were laid over white" in score.warnings for score in clear.values())
    assert not any("images with opacity were laid over white" in score.warnings for score in seen.values())


def test_a_cached_score_still_says_that_it_is_over_white(sets, blocks, tmp_path):
    for _ in range(2):
        score = run(*map(with_opacity, sets), blocks, ("fid",), cache=tmp_path)["FID"]
        assert "images with opacity were laid over white" in score.warnings
