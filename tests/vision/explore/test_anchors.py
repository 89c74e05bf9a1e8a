"""Points to explore from, with runs that remember what they were asked."""

from types import SimpleNamespace

import numpy as np
import pytest

from gan_core.errors import ConfigError
from gan_vision.data.labels import Labels
from gan_vision.explore.anchors import anchors_of, count_of


class Run:
    """Of classes, attributes or nothing."""

    folder, recipe = SimpleNamespace(path="runs/0"), SimpleNamespace(name="conditional")

    def __init__(self, labels=None):
        self.labels = labels

    def inputs(self, count, *, seed, label):
        inputs = {"latent": np.full((count, 2), seed, np.float32)}
        if self.labels is not None:
            wanted = [label] if isinstance(label, str) else label
            inputs["label"] = self.labels.in_turn(count) if label is None else self.labels.named(wanted, count)
        return inputs


class Captioned(Run):
    """Of captions, whose vector is their length."""

    gan = SimpleNamespace(fixed_latent=lambda count, seed: np.full((count, 2), seed, np.float32))

    def __init__(self):
        super().__init__()
        self.encoded = []

    def texts(self, count):
        return ["one of the training"] * count

    def encode(self, texts):
        self.encoded += texts
        return np.array([[len(text)] for text in texts], np.float32)


PETS = Run(Labels(("cat", "dog", "cow")))
FACES = Run(Labels(("smiling", "male", "black+white"), attributes=True))


def test_each_seed_is_a_point():
    found = anchors_of(Run(), (3, 5))
    assert (found.inputs["latent"].tolist(), found.names, found.labels) == ([[3, 3], [5, 5]], ("seed 3", "seed 5"), None)


def test_there_are_as_many_seeds_as_wanted_unless_labels_or_captions_say_so():
    assert anchors_of(PETS, count=3).seeds == (0, 1, 2)
    assert anchors_of(PETS, labels=("dog",), count=3).seeds == (0, 1, 2)
    assert anchors_of(PETS, labels=("dog", "cat"), count=3).seeds == (0, 0)


def test_what_is_given_once_holds_for_all():
    found = anchors_of(PETS, (3, 5), ("dog",))
    assert (found.labels, found.inputs["label"].tolist()) == (("dog", "dog"), [1, 1])
    assert anchors_of(PETS, (3,), ("dog", "2")).names == ("seed 3\ndog", "seed 3\ncow")


def test_the_class_that_was_taken_without_asking_is_told():
    assert anchors_of(PETS, (3, 5)).labels == ("cat", "cat")


def test_attributes_are_joined_by_a_plus():
    found = anchors_of(FACES, (1,), ("smiling+male", "black+white"))
    assert found.inputs["label"].tolist() == [[1, 1, 0], [0, 0, 1]]
    assert found.labels == ("smiling+male", "black+white")


def test_captions_are_handed_on_and_told():
    found = anchors_of(Captioned(), (1,), (), ("a bird", "a red bird"))
    assert found.inputs["text"].tolist() == [[6], [10]]
    assert found.titles == ("seed 1, a bird", "seed 1, a red bird")
    assert found.facts == {"seeds": [1, 1], "labels": None, "captions": ["a bird", "a red bird"]}


def test_a_caption_is_encoded_once():
    run = Captioned()
    found = anchors_of(run, (1, 2, 3), (), ("a bird",))
    assert (run.encoded, found.inputs["text"].tolist(), found.inputs["latent"][:, 0].tolist()) == (
        ["a bird"], [[6]] * 3, [1, 2, 3])


def test_the_caption_that_was_taken_without_asking_is_told():
    assert anchors_of(Captioned(), (1, 2)).captions == ("one of the training",) * 2


@pytest.mark.parametrize(("arguments", "count"), [
    (((), (), ()), 4), (((1,), (), ()), 1), (((1, 2), ("a",), ()), 2), (((), ("a",), ()), 4), (((), ("a", "b"), ()), 2),
    (((), (), ("a", "b", "c")), 3)])
def test_their_number_is_known_before(arguments, count):
    assert count_of(*arguments, count=4) == count


@pytest.mark.parametrize(("run", "arguments", "message"), [
    (PETS, ((1, 2, 3), ("cat", "dog")), "equally many, or one for all. Received: 3 seeds, 2 labels, 0 captions"),
    (PETS, ((1,), ("cta",)), "unknown class. Received: 'cta'. Did you mean 'cat'"),
    (FACES, ((1,), ("smiling+mole",)), "unknown attribute. Received: 'mole'"),
    (PETS, ((1,), (), ("a bird",)), "`--text` is for runs that read captions. Received: runs/0, of the recipe conditional")])
def test_mistakes_are_refused(run, arguments, message):
    with pytest.raises(ConfigError, match=message):
        anchors_of(run, *arguments)
