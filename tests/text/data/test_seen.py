import numpy as np

from gan_text.data.seen import SeenHashes


def test_only_the_first_of_equal_hashes_is_new():
    assert SeenHashes().first_seen(np.array([5, 7, 5, 5, 8], np.uint64)).tolist() == [True, True, False, False, True]


def test_many_calls_agree_with_a_set():
    seen, expected = SeenHashes(), set()
    generator = np.random.default_rng(0)
    for _ in range(200):
        hashes = generator.integers(3000, size=generator.integers(0, 60)).astype(np.uint64)
        answer = []
        for value in hashes.tolist():
            answer.append(value not in expected)
            expected.add(value)
        assert seen.first_seen(hashes).tolist() == answer


def test_the_number_of_runs_stays_logarithmic():
    seen = SeenHashes()
    for number in range(500):
        seen.first_seen(np.arange(number * 10, number * 10 + 10, dtype=np.uint64))
    assert len(seen._runs) < 12
