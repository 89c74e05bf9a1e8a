"""Speed and memory of gan-text: preparation of a million lines, metrics of 10,000 sentences, grammars.

    python benchmarks/text.py [--lines 1000000] [--profile]

Prints one line per measurement with its target. Every preparation runs in a process of its own, so that its peak memory
is its own; `--profile` adds the functions in which the character preparation spends its time.
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

LINES_PER_SECOND, MEGABYTES, SECONDS = 100_000, 300, 10

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


def show(name: str, value: float, unit: str, target: str, reached: bool) -> None:
    """One line of the result."""
    print(f"{name:<46} {value:>12,.1f} {unit:<8} target {target:<16} {'ok' if reached else 'MISSED'}", flush=True)


def measure_preparation(folder: Path, lines: int, profile: bool) -> None:
    """Speed and peak memory of both levels."""
    for accents in (False, True):
        path = folder / f"text-{accents}.txt"
        write_text(path, lines, accents=accents)
        for level in ("character", "word"):
            arguments = [str(path), str(folder / f"{level}-{accents}"), level]
            arguments += ["profile"] if profile and level == "character" else []
            answer = subprocess.run([sys.executable, "-W", "ignore", "-c", PREPARE, *arguments], check=True,
                                    stdout=subprocess.PIPE, text=True, env={**os.environ, "OMP_NUM_THREADS": "1"})
            result = json.loads(answer.stdout)
            name = f"prepare {lines:,} lines, {level}{', accents' if accents else ''}"
            least = LINES_PER_SECOND if level == "character" else 0  # the target is stated for characters
            show(name, result["speed"], "lines/s", f">= {least:,}", result["speed"] >= least)
            show(f"{name}: memory", result["megabytes"], "MB", f"< {MEGABYTES}", result["megabytes"] < MEGABYTES)


def measure_metrics() -> None:
    """Metrics of 10,000 sentences of 32 words against 10,000."""
    from gan_text.metrics import KneserNey, bleu, js_ngrams, longest_copies, self_bleu
    generator = np.random.default_rng(1)
    sentences = [tuple(map(str, row)) for row in ((generator.pareto(1, (20_000, 32)) * 10).astype(int) % 2048).tolist()]
    fake, real = sentences[:10_000], sentences[10_000:]
    for name, call in (("Self-BLEU-5", lambda: self_bleu(fake, n=5)), ("BLEU-5", lambda: bleu(fake, real, n=5)),
                       ("JS-1..4", lambda: js_ngrams(fake, real)),
                       ("longest copies", lambda: longest_copies(fake, real)),
                       ("Kneser-Ney order 3", lambda: KneserNey(real, {"0"}, order=3).perplexity(fake))):
        began = time.perf_counter()
        call()
        seconds = time.perf_counter() - began
        show(f"{name}, 10,000 against 10,000", seconds, "s", f"< {SECONDS} s", seconds < SECONDS)


def measure_grammars() -> None:
    """Sampling and membership."""
    from gan_text.grammar import Grammar
    for name, length in (("arith", 11), ("toy-english", 12)):
        grammar = Grammar.load(name)
        began = time.perf_counter()
        strings = grammar.sample(100_000, length)
        seconds = time.perf_counter() - began
        show(f"{name}: 100,000 samples", seconds, "s", f"< {SECONDS} s", seconds < SECONDS)
        began = time.perf_counter()
        grammar.accepts_each(strings[:10_000])
        seconds = time.perf_counter() - began
        show(f"{name}: membership of 10,000", seconds, "s", f"< {SECONDS} s", seconds < SECONDS)


def main() -> None:
    """Run all measurements."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument("--profile", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        measure_preparation(Path(folder), options.lines, options.profile)
    measure_metrics()
    measure_grammars()


if __name__ == "__main__":
    main()
