import json
import shutil

import numpy as np
import pytest

import gan_text
from gan_core.errors import ConfigError
from gan_core.run.folder import RunFolder
from gan_text.data import Vocabulary
from gan_text.errors import TextConfigError, TextDataError, VocabularyError
from gan_text.recipes import open_run
from gan_text.text_run import require_same_vocabulary, vocabulary_of


@pytest.fixture(scope="module")
def run(arith_run):
    return open_run(arith_run)


def test_the_newest_checkpoint_is_opened(run):
    assert (run.step, run.recipe.name) == (6, "arith")
    assert int(run.gan.generator_steps) == 3


def test_training_from_python_gives_the_run_of_the_command_line(run, tmp_path):
    trained = gan_text.train("arith", out=tmp_path / "run", steps=6, rows=200, quiet=True, n_critic=2, batch_size=8, filters=8,
                             blocks=1, latent=4, score_samples=50, sample_every=3, checkpoint_every=3, log_every=2)
    assert trained.step == 6
    assert trained.generate(20, seed=3).texts == run.generate(20, seed=3).texts


@pytest.mark.parametrize("name", ["deep/a.txt", "deep/a.npy"])
def test_what_was_generated_is_written_as_sentences_or_ids(run, tmp_path, name):
    made = run.generate(3)
    path = run.save(tmp_path / name, made)
    found = np.load(path).tolist() if path.suffix == ".npy" else path.read_text("utf-8").splitlines()
    assert found == (made.ids.tolist() if path.suffix == ".npy" else made.texts)


def test_sampling_with_the_runs_seed_gives_its_last_sheet(run, arith_run):
    sheet = (arith_run / "samples" / "step-000000006.txt").read_text("utf-8").splitlines()
    assert run.generate(len(sheet)).texts == sheet


def test_the_same_seed_gives_the_same_ids_and_another_seed_others(run):
    assert np.array_equal(run.generate(20, seed=3).ids, run.generate(20, seed=3).ids)
    assert not np.array_equal(run.generate(20, seed=3).ids, run.generate(20, seed=4).ids)


def test_rows_of_probabilities_sum_to_one(run):
    probabilities = run.generate(5).probabilities
    assert probabilities.shape == (5, 7, 9)
    assert np.allclose(probabilities.sum(-1), 1, atol=1e-5)


def test_a_low_temperature_gives_the_most_probable_tokens(run):
    cold = run.generate(20, "multinomial", temperature=1e-4)
    assert np.array_equal(cold.ids, run.generate(20).ids)


def test_banned_tokens_never_appear(run):
    assert not any("x" in text for text in run.generate(30, "multinomial", ban=("x",)).texts)
    assert (run.generate(30, ban=("pad",)).ids != 0).all()


def test_one_token_to_draw_from_is_the_most_probable_one(run):
    assert np.array_equal(run.generate(10, "multinomial", top_k=1).ids, run.generate(10).ids)


def test_truncated_noise_is_the_same_noise_scaled(run):
    assert np.allclose(run.latents(4, std=0.5), 0.5 * run.latents(4))


def test_an_interpolation_begins_and_ends_with_its_two_latents(run):
    between, ends = run.between(6, seed=2), run.generate(latent=run.latents(2, seed=2))
    assert len(between.texts) == 6
    assert np.allclose(between.probabilities[[0, -1]], ends.probabilities, atol=1e-5)


@pytest.mark.parametrize(("options", "text"), [
    ({"count": 0}, "`count` must be at least 1"), ({"count": 2, "std": 0.0}, "`std` must be positive"),
    ({"count": 2, "temperature": 0.0, "method": "multinomial"}, "`temperature`"), ({"count": 2, "label": 1}, "needs a run with a condition"),
    ({"count": 2, "seed": -1}, "`--seed` must lie in"), ({"count": 2, "top_k": 3}, "Add --method multinomial"),
    ({"count": 2, "method": "beam"}, "argmax, multinomial")])
def test_options_out_of_range_are_refused(run, options, text):
    with pytest.raises(ConfigError, match=text):
        run.generate(**options)


def test_another_vocabulary_is_refused(arith_run):
    with pytest.raises(TextDataError, match=r"training text x\.txt has changed .* \(9 tokens, 9 then; .* number 1\)"):
        require_same_vocabulary(RunFolder.open(arith_run), Vocabulary("abcdefgh", specials=("pad",)), "x.txt")


@pytest.mark.parametrize(("damage", "text"), [
    (lambda path: path.unlink(), "not a vocabulary"), (lambda path: path.write_text("{"), "not a vocabulary"),
    (lambda path: path.write_text(json.dumps({**json.loads(path.read_text()), "tokens": list("abcdefghijk")})), "holds 12 tokens")])
def test_a_damaged_vocabulary_is_named(damage, text, arith_run, tmp_path):
    shutil.copytree(arith_run, tmp_path / "run")
    damage(tmp_path / "run" / "vocabulary.json")
    with pytest.raises(VocabularyError, match=text):
        open_run(tmp_path / "run")


def test_the_vocabulary_in_the_run_folder_is_that_of_the_grammar(arith_run):
    assert "".join(vocabulary_of(RunFolder.open(arith_run)).tokens[1:]) == "xy()+-*/"


def test_a_run_with_a_teacher_continues_a_given_start(gan_text, tiny, tmp_path):
    code, _, err = gan_text("train", "arith", *tiny, "--rows", 200, "--generator", "lstm-p", "--curriculum", 1,
                            "--stage-steps", 3, "--teacher", "--out", tmp_path / "run")
    assert code == 0, err
    helped = open_run(tmp_path / "run")
    assert all(text.startswith("x*(") for text in helped.generate(8, start="x*(").texts)
    assert not all(text.startswith("x*(") for text in helped.generate(8).texts)
    with pytest.raises(TextConfigError, match=r"`start` must have 1 to 6 tokens\. Received: 7"):
        helped.generate(8, start="x*(y+x)")
    with pytest.raises(TextConfigError, match="`start` holds 'z', which the run's vocabulary does not know"):
        helped.generate(8, start="xz")
    with pytest.raises(TextConfigError, match="`start` must have 1 to 6 tokens"):
        helped.generate(8, start="")


def test_a_run_without_a_teacher_cannot_continue(run):
    with pytest.raises(TextConfigError, match="needs a generator that learned to continue"):
        run.generate(2, start="x")
