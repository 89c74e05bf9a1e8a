import numpy as np
import pytest

from gan_text.data import Vocabulary
from gan_text.decode import banned_ids, choose_ids, interpolate

PROBABILITIES = np.random.default_rng(0).dirichlet(np.ones(9), (200, 7))


def test_argmax_takes_the_most_probable_id():
    assert (choose_ids(PROBABILITIES) == PROBABILITIES.argmax(-1)).all()


@pytest.mark.parametrize("temperature", [1e-3, 1e-6])
def test_a_small_temperature_tends_to_argmax(temperature):
    values = PROBABILITIES * 0.5 + 0.5 * np.eye(9)[PROBABILITIES.argmax(-1)]
    assert (choose_ids(values, "multinomial", temperature=temperature) == values.argmax(-1)).all()


def test_multinomial_draws_follow_the_probabilities():
    one = np.array([0.5, 0.3, 0.2, 0.0])
    ids = choose_ids(np.broadcast_to(one, (4000, 10, 4)), "multinomial", seed=1)
    np.testing.assert_allclose(np.bincount(ids.ravel(), minlength=4) / 40_000, one, atol=0.01)


def test_the_temperature_is_the_power_of_the_probabilities():
    one = np.array([0.5, 0.3, 0.2])
    ids = choose_ids(np.broadcast_to(one, (4000, 10, 3)), "multinomial", temperature=2.0, seed=2)
    expected = np.sqrt(one) / np.sqrt(one).sum()
    np.testing.assert_allclose(np.bincount(ids.ravel(), minlength=3) / 40_000, expected, atol=0.01)


def test_equal_seeds_give_equal_ids_and_others_do_not():
    first, again, other = (choose_ids(PROBABILITIES, "multinomial", seed=seed) for seed in (1, 1, 2))
    assert (first == again).all()
    assert (first != other).any()


def test_draws_do_not_depend_on_blocks(monkeypatch):
    whole = choose_ids(PROBABILITIES, "multinomial", seed=3)
    monkeypatch.setattr("gan_text.decode._POSITIONS_AT_ONCE", 100)
    assert (choose_ids(PROBABILITIES, "multinomial", seed=3) == whole).all()


def test_only_the_k_most_probable_are_drawn():
    ids = choose_ids(PROBABILITIES, "multinomial", top_k=2, temperature=5.0)
    best = np.argsort(PROBABILITIES, -1)[..., -2:]
    assert (ids[..., None] == best).any(-1).all()
    assert (choose_ids(PROBABILITIES, "multinomial", top_k=1) == PROBABILITIES.argmax(-1)).all()


@pytest.mark.parametrize("method", ["argmax", "multinomial"])
def test_banned_ids_are_never_chosen(method):
    values = np.zeros((50, 7, 9))
    values[..., 1] = 0.9
    values[..., 4] = 0.1
    assert (choose_ids(values, method, ban=[1]) == 4).all()


@pytest.mark.parametrize("method", ["argmax", "multinomial"])
def test_a_row_with_nothing_but_banned_mass_still_avoids_it(method):
    values = np.zeros((50, 7, 3))
    values[..., 1] = 1.0
    assert set(np.unique(choose_ids(values, method, ban=[1]))) <= {0, 2}


REFUSED = {
    "method": ({"method": "beam"}, "`method` must be one of argmax, multinomial. Received: method='beam'"),
    "temperature of zero": ({"temperature": 0.0}, "`temperature` must be above 0.*Received: temperature=0.0"),
    "negative temperature": ({"temperature": -1.0}, "`temperature` must be above 0"),
    "temperature not a number": ({"temperature": float("nan")}, "`temperature` must be above 0"),
    "top_k": ({"top_k": 0}, "`top_k` must be at least 1"),
    "ban outside": ({"ban": [9]}, "`ban` holds ids of 0..8. Received: 9"),
    "ban everything": ({"ban": range(9)}, "`ban` leaves no id to choose"),
}


@pytest.mark.parametrize(("options", "message"), REFUSED.values(), ids=REFUSED)
def test_a_bad_option_is_a_value_error(options, message):
    with pytest.raises(ValueError, match=message):
        choose_ids(PROBABILITIES, **options)


def test_a_wrong_shape_is_refused():
    with pytest.raises(ValueError, match=r"must have the shape \(count, length, vocabulary\)"):
        choose_ids(PROBABILITIES[0])


def test_names_become_banned_ids():
    vocabulary = Vocabulary("ab", level="character")
    assert banned_ids(vocabulary, ["unk", "pad", "b"]) == [1, 0, 3]
    with pytest.raises(ValueError, match=r"`ban` names 'z'.*pad, unk"):
        banned_ids(vocabulary, ["z"])


def test_spherical_interpolation_keeps_the_norm():
    path = interpolate([1.0, 0.0], [0.0, 1.0], 5)
    np.testing.assert_allclose(path[[0, 4]], [[1, 0], [0, 1]], atol=1e-7)
    np.testing.assert_allclose(path[2], [np.sqrt(0.5)] * 2, rtol=1e-6)
    np.testing.assert_allclose(np.linalg.norm(path, axis=1), 1, rtol=1e-6)


def test_straight_interpolation_passes_through_the_middle():
    np.testing.assert_allclose(interpolate([1.0, 0.0], [0.0, 1.0], 3, spherical=False)[1], [0.5, 0.5])


@pytest.mark.parametrize("stop", [[2.0, 0.0], [-1.0, 0.0], [0.0, 0.0]])
def test_parallel_and_zero_latents_are_joined_by_a_straight_line(stop):
    np.testing.assert_allclose(interpolate([1.0, 0.0], stop, 3)[1], (np.array([1.0, 0.0]) + stop) / 2)


@pytest.mark.parametrize(("arguments", "message"), [
    (([1.0], [1.0, 2.0]), "two vectors of one size"), (([1.0], [2.0], 1), "`steps` must be at least 2")])
def test_bad_interpolations_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        interpolate(*arguments)
