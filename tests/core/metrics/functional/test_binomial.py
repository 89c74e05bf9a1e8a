import numpy as np
import pytest
import scipy.stats

from gan_core.errors import ConfigError
from gan_core.metrics.functional import binomial_interval, binomial_p_value


@pytest.mark.parametrize("counts", [(0, 10), (10, 10), (3, 10), (1, 1), (499, 1000), (1, 20_000), (7, 20)])
@pytest.mark.parametrize("confidence", [0.9, 0.95, 0.999])
def test_the_interval_is_that_of_clopper_and_pearson(counts, confidence):
    oracle = scipy.stats.binomtest(*counts).proportion_ci(confidence, "exact")
    assert binomial_interval(*counts, confidence=confidence) == pytest.approx((oracle.low, oracle.high), abs=1e-9)


def test_no_success_in_ten_reaches_up_to_0_3085():
    assert binomial_interval(0, 10) == pytest.approx((0.0, 1 - 0.025**0.1), abs=1e-12)


@pytest.mark.parametrize("counts", [(0, 5), (5, 5), (2, 5), (50, 100), (61, 100), (990, 2000)])
@pytest.mark.parametrize("probability", [0.5, 0.3])
def test_the_p_value_is_that_of_the_exact_test(counts, probability):
    oracle = scipy.stats.binomtest(*counts, p=probability).pvalue
    assert binomial_p_value(*counts, probability=probability) == pytest.approx(oracle, rel=1e-7)


def test_the_interval_covers_the_truth_at_least_as_often_as_promised():
    p, n = 0.2, 30
    inside = [low <= p <= high for low, high in (binomial_interval(k, n) for k in range(n + 1))]
    assert scipy.stats.binom.pmf(np.arange(n + 1), n, p)[inside].sum() >= 0.95


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        ((3, 2), {}, "`successes` must not exceed `trials`"),
        ((-1, 2), {}, "`successes`"),
        ((0, 0), {}, "`trials`"),
        ((1, 2), {"confidence": 1.0}, "`confidence` must lie strictly between 0 and 1"),
        ((1, 2), {"confidence": "high"}, "`confidence`"),
    ],
)
def test_bad_input_is_refused(arguments, options, message):
    with pytest.raises(ConfigError, match=message):
        binomial_interval(*arguments, **options)
