"""Speed and memory of gan-text: preparation of a million lines, a training step, metrics of 10,000 sentences, grammars.

    python benchmarks/text.py [--quick] [--profile]

Every preparation runs in a process of its own, so that its peak memory is its own; `--profile` adds the functions in
which the character preparation spends its time.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from timing import Row, in_turn, step_row

LINES, BATCH, FILTERS = 1_000_000, 64, 128

PREPARE = """
import cProfile, json, pstats, resource, sys
from gan_text.data import TextCorpus
run = lambda: TextCorpus.prepare(sys.argv[1], sys.argv[2], level=sys.argv[3], length=32)
if len(sys.argv) > 4:
    profile = cProfile.Profile()
    corpus = profile.runcall(run)
    pstats.Stats(profile, stream=sys.stderr).sort_stats("tottime").print_stats(10)
else:
    corpus = run()
megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"speed": corpus.report.lines_per_second, "megabytes": megabytes}))
"""


def write_text(path: Path, lines: int, *, accents: bool) -> None:
    """Sentences of 5 to 20 words whose frequencies follow a power law; with accents no block is pure ASCII."""
    generator = np.random.default_rng(0)
    letters = list("etaoinshrdlucmfwypvbgkq" + ("éüñ" if accents else ""))
    words = np.array(["".join(generator.choice(letters, generator.integers(2, 10))) for _ in range(20_000)])
    with open(path, "w", encoding="utf-8") as file:
        for start in range(0, lines, 10_000):
            count = min(10_000, lines - start)
            ids = (generator.pareto(1.0, (count, 20)) * 10).astype(int) % len(words)
            lengths = generator.integers(5, 21, count)
            file.write("".join(" ".join(words[row[:size]]) + " .\n" for row, size in zip(ids, lengths, strict=True)))


def preparation(lines: int, *, profile: bool = False) -> list[Row]:
    """Speed and peak memory of both levels."""
    found = []
    with tempfile.TemporaryDirectory() as folder:
        for accents in (False, True):
            path = Path(folder) / f"text-{accents}.txt"
            write_text(path, lines, accents=accents)
            for level in ("character", "word"):
                arguments = [str(path), str(Path(folder) / f"{level}-{accents}"), level]
                arguments += ["profile"] if profile and level == "character" else []
                answer = subprocess.run([sys.executable, "-W", "ignore", "-c", PREPARE, *arguments], check=True,
                                        stdout=subprocess.PIPE, text=True, env={**os.environ, "OMP_NUM_THREADS": "1"})
                result = json.loads(answer.stdout)
                name = f"prepare {lines:,} lines, {level}s{', with accents' if accents else ''}"
                promised = "at least 100,000 lines/s, " if level == "character" else ""  # stated for characters
                found.append((name, f"{result['speed']:,.0f} lines/s, peak {result['megabytes']:.0f} MB",
                              f"{promised}below 300 MB"))
    return found


def step_networks(size: int):
    """Generator and critic of `char` at `FILTERS` filters."""
    import keras

    from gan_text.models import build_critic, build_generator

    keras.utils.set_random_seed(0)
    return build_generator(size, 32, filters=FILTERS), build_critic(size, 32, filters=FILTERS)


def bare_steps(size: int):
    """WGAN-GP written by hand; returns (ids) -> None for a critic's update, and for both players' updates."""
    import keras
    import tensorflow as tf

    generator, critic = step_networks(size)
    g_optimizer, d_optimizer = (keras.optimizers.Adam(1e-4, 0.5, 0.9) for _ in range(2))
    g_optimizer.build(generator.trainable_variables)
    d_optimizer.build(critic.trainable_variables)
    number = tf.Variable(0, dtype=tf.int64)

    def critic_update(ids):
        real = tf.one_hot(tf.cast(ids, tf.int32), size)
        fake = generator(tf.random.stateless_normal((BATCH, 128), tf.stack([tf.constant(1, tf.int64), number])),
                         training=True)
        mix = tf.random.stateless_uniform((BATCH, 1, 1), tf.stack([tf.constant(2, tf.int64), number]))
        points = real + mix * (fake - real)
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(critic(fake, training=True)) - tf.reduce_mean(critic(real, training=True))
            with tf.GradientTape() as inner:
                inner.watch(points)
                score = tf.reduce_sum(critic(points, training=True))
            norms = tf.sqrt(tf.reduce_sum(inner.gradient(score, points) ** 2, (1, 2)) + 1e-12)
            loss += 10 * tf.reduce_mean((norms - 1) ** 2)
        d_optimizer.apply(tape.gradient(loss, critic.trainable_variables), critic.trainable_variables)
        number.assign_add(1)
        return loss

    def generator_update():
        latent = tf.random.stateless_normal((BATCH, 128), tf.stack([tf.constant(3, tf.int64), number]))
        with tf.GradientTape() as tape:
            loss = -tf.reduce_mean(critic(generator(latent, training=True), training=True))
        g_optimizer.apply(tape.gradient(loss, generator.trainable_variables), generator.trainable_variables)
        return loss

    @tf.function(jit_compile=False)
    def critic_only(ids):
        return critic_update(ids)

    @tf.function(jit_compile=False)
    def both(ids):
        loss = critic_update(ids)
        generator_update()
        return loss

    return critic_only, both


def step_time(steps: int, repetitions: int, size: int = 97) -> list[Row]:
    """One generator iteration of `char` (ten critic updates) through `fit` against the same by hand."""
    import keras

    import gan_core as core
    from gan_text.data.text_set import TextSet, blank_vocabulary
    from gan_text.recipes.objectives import objective

    rows = np.random.default_rng(0).integers(0, size, (4096, 32)).astype(np.uint8)
    loader = TextSet(rows, blank_vocabulary(size, "character")).loader(BATCH, seed=0)
    batch = next(iter(loader.dataset(0, 1)))["real"]
    critic_only, both = bare_steps(size)
    gan = core.GAN(*step_networks(size), objective("wgan-gp"), core.Normal(128), n_critic=10,
                   prepare=core.OneHot(size))
    gan.compile(keras.optimizers.Adam(1e-4, 0.5, 0.9), keras.optimizers.Adam(1e-4, 0.5, 0.9))

    def bare():
        for number in range(steps):
            loss = (both if number % 10 == 9 else critic_only)(batch)
        return float(loss)

    def fit():
        gan.fit(loader.dataset(0, steps), steps_per_epoch=steps, verbose=0, shuffle=False)

    times = in_turn({"bare": bare, "fit": fit}, steps=steps, repetitions=repetitions)
    return [step_row(f"`char` step, {FILTERS} filters, batch {BATCH}", times)]


def metrics(count: int) -> list[Row]:
    """Metrics of sentences of 32 words against as many."""
    from gan_text.metrics import KneserNey, bleu, js_ngrams, longest_copies, self_bleu

    generator = np.random.default_rng(1)
    sentences = [tuple(map(str, row))
                 for row in ((generator.pareto(1, (2 * count, 32)) * 10).astype(int) % 2048).tolist()]
    fake, real = sentences[:count], sentences[count:]
    calls = {"Self-BLEU-5": lambda: self_bleu(fake, n=5), "BLEU-5": lambda: bleu(fake, real, n=5),
             "JS-1..4": lambda: js_ngrams(fake, real), "longest copies": lambda: longest_copies(fake, real),
             "Kneser-Ney of order 3": lambda: KneserNey(real, {"0"}, order=3).perplexity(fake)}
    return [(f"{name}, {count:,} against {count:,}", f"{seconds(call):.1f} s", "seconds (below 10)")
            for name, call in calls.items()]


def grammars(count: int) -> list[Row]:
    """Sampling and membership."""
    from gan_text.grammar import Grammar

    found = []
    for name, length in (("arith", 11), ("toy-english", 12)):
        grammar = Grammar.load(name)
        strings: list = []
        taken = seconds(lambda grammar=grammar, length=length, strings=strings: strings.extend(
            grammar.sample(count, length)))
        found.append((f"{name}: {count:,} samples", f"{taken:.1f} s", "below 10 s"))
        taken = seconds(lambda grammar=grammar, strings=strings: grammar.accepts_each(strings[:count // 10]))
        found.append((f"{name}: membership of {count // 10:,}", f"{taken:.1f} s", "below 10 s"))
    return found


def seconds(call) -> float:
    """Wall time of one call."""
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


def rows(quick: bool = False) -> list[Row]:
    """(what, measured, promised) of this file."""
    return [*preparation(20_000 if quick else LINES), *step_time(*((10, 2) if quick else (40, 9))),
            *metrics(1000 if quick else 10_000), *grammars(5000 if quick else 100_000)]


def main() -> None:
    """Print all measurements."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="small sizes: does it run, not how fast is it")
    parser.add_argument("--profile", action="store_true", help="only the profile of the character preparation")
    options = parser.parse_args()
    found = preparation(LINES, profile=True) if options.profile else rows(options.quick)
    for what, measured, promised in found:
        print(f"{what}: {measured} (promised: {promised})", flush=True)


if __name__ == "__main__":
    main()
