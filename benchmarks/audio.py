"""Enhancement and training of gan-audio: real-time factors, memory, the train step against a bare one, the loader.

    python benchmarks/audio.py [--quick]
"""

from __future__ import annotations

import json
import subprocess
import sys

import keras
import numpy as np
import tensorflow as tf
from timing import Row, in_turn, loader_row, step_row

from gan_audio.data.synthetic import pairs
from gan_audio.models import build_discriminator, build_generator, network_size
from gan_audio.recipes import segan_tiny

RATE = 16_000
BATCH = 8
GFLOP_PER_SECOND_OF_SOUND = 6.3  # segan-compact

# A process of its own, since the number of threads is fixed once TensorFlow has started, and memory is the process's.
SPEED = """
import json, sys, time
import numpy as np, tensorflow as tf
name, threads, seconds = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
tf.config.threading.set_intra_op_parallelism_threads(threads)
tf.config.threading.set_inter_op_parallelism_threads(threads)
from gan_audio.enhancement.enhancer import Enhancer
from gan_audio.models import build_generator, network_size
enhancer = Enhancer.of(build_generator(name), network_size(name))
noise = np.random.default_rng(0).normal(0, 0.1, round(seconds * 16000)).astype(np.float32)
found = {}
for mode in sys.argv[4].split(","):
    enhancer.enhance(noise[: 2 * 16384], 16000, mode=mode)
    times = []
    for _ in range(5):
        began = time.perf_counter()
        enhancer.enhance(noise, 16000, mode=mode)
        times.append((time.perf_counter() - began) / seconds)
    found[mode] = min(times)
size = 1536
a = tf.random.normal((size, size))
multiply = tf.function(lambda: tf.linalg.matmul(a, a))
multiply()
began = time.perf_counter()
for _ in range(10):
    multiply().numpy()
found["gflops"] = 10 * 2 * size**3 / (time.perf_counter() - began) / 1e9
print(json.dumps(found))
"""

MEMORY = """
import json, resource, sys, tempfile
import numpy as np, soundfile
minutes, folder = float(sys.argv[2]), tempfile.mkdtemp()
with soundfile.SoundFile(folder + "/in.wav", "w", 16000, 1) as file:
    for _ in range(round(minutes * 6)):
        file.write(np.random.default_rng(0).normal(0, 0.1, 160000).astype(np.float32).clip(-1, 1))
from gan_audio.enhancement.enhancer import Enhancer
from gan_audio.enhancement.files import enhance_file
from gan_audio.models.segan import generator_of, network_size
name = sys.argv[1]
enhancer = Enhancer.of(generator_of(network_size(name), blank=True), network_size(name))  # as a run is read
enhance_file(enhancer, folder + "/in.wav", folder + "/out.wav")
print(json.dumps(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024))
"""


def in_process(code: str, *arguments) -> dict | float:
    """What a program prints as its last line of JSON."""
    answer = subprocess.run([sys.executable, "-W", "ignore", "-c", code, *map(str, arguments)], check=True,
                            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    return json.loads(answer.stdout.splitlines()[-1])


def real_time(quick: bool) -> list[Row]:
    """Seconds of work per second of sound, of every size and mode, on one and two threads."""
    found = []
    for name in ("segan-tiny", "segan-compact", "segan"):
        modes = "overlap,concat" if name == "segan" else "overlap,concat,full"
        for threads in (1, 2):
            values = in_process(SPEED, name, threads, 4 if quick else 20, modes)
            speed = values.pop("gflops")
            text = ", ".join(f"{mode} {value:.3f}" for mode, value in values.items())
            promise = "-"
            if name == "segan-compact" and threads == 2:
                limit = 0.12 * 100 / speed
                reached = GFLOP_PER_SECOND_OF_SOUND / values["full"]
                promise = (f"at this speed full at most {limit:.3f} (0.12 at 100 GFLOP/s), overlap at most 2.2 times "
                           f"that, {2.2 * limit:.3f}")
                text += f"; overlap is {values['overlap'] / values['full']:.2f} times full"
                text += f"; {reached:.0f} GFLOP/s in full mode"
            found.append((f"real-time factor of `enhance`, {name}, {threads} thread(s) that multiply matrices at "
                          f"{speed:.0f} GFLOP/s", text, promise))
    return found


def memory(quick: bool) -> list[Row]:
    """Peak memory of a process that enhances a file in overlap mode; constant in its length."""
    short, long = (2, 6) if quick else (2, 60)
    found = []
    peaks = [in_process(MEMORY, "segan-tiny", minutes) for minutes in (short, long)]
    found.append((f"peak memory, segan-tiny, overlap, {short} and {long} minutes",
                  f"{peaks[0]:.0f} MB and {peaks[1]:.0f} MB", "equal within 5 %"))
    minutes = 0.5 if quick else 60
    found.append((f"peak memory, segan-compact, overlap, {minutes:g} minutes",
                  f"{in_process(MEMORY, 'segan-compact', minutes):.0f} MB", "below 1,500 MB for an hour"))
    return found


def training_set():
    """Windows of synthetic pairs."""
    from gan_audio.data.folder import PairedArrays

    return PairedArrays(pairs(8, 3.0, seed=0), preemphasis=0.95)


def our_gan():
    """`segan-tiny` as its recipe builds it, and its loader."""
    keras.utils.set_random_seed(0)
    config = segan_tiny.RECIPE.config(batch_size=BATCH)
    experiment = segan_tiny.RECIPE.build(config, training_set(), [])
    return experiment.gan, experiment.phases[0].data


def bare_step():
    """The same game written by hand: discriminator, then generator with fresh noise."""
    keras.utils.set_random_seed(0)
    generator, discriminator = build_generator("segan-tiny"), build_discriminator("segan-tiny")
    g_optimizer, d_optimizer = keras.optimizers.RMSprop(1e-3), keras.optimizers.RMSprop(1e-4)
    g_optimizer.build(generator.trainable_variables)
    d_optimizer.build(discriminator.trainable_variables)
    shape, number = (BATCH, *network_size("segan-tiny").latent_shape), tf.Variable(0, dtype=tf.int64)

    @tf.function(jit_compile=False)
    def step(clean, noisy):
        def noise(salt):
            return tf.random.stateless_normal(shape, tf.stack([tf.constant(salt, tf.int64), number]))

        fake = generator({"latent": noise(1), "noisy": noisy}, training=True)
        with tf.GradientTape() as tape:
            real = discriminator({"sample": clean, "noisy": noisy}, training=True)
            judged = discriminator({"sample": fake, "noisy": noisy}, training=True)
            d_loss = tf.reduce_mean((real - 1) ** 2) + tf.reduce_mean(judged**2)
        d_optimizer.apply(tape.gradient(d_loss, discriminator.trainable_variables), discriminator.trainable_variables)
        with tf.GradientTape() as tape:
            fake = generator({"latent": noise(2), "noisy": noisy}, training=True)
            judged = discriminator({"sample": fake, "noisy": noisy}, training=True)
            g_loss = tf.reduce_mean((judged - 1) ** 2) + 100 * tf.reduce_mean(tf.abs(fake - clean))
        g_optimizer.apply(tape.gradient(g_loss, generator.trainable_variables), generator.trainable_variables)
        number.assign_add(1)
        return d_loss, g_loss

    return step


def step_times(steps: int, repetitions: int) -> dict[str, np.ndarray]:
    """Seconds per step by hand and through `fit`."""
    gan, loader = our_gan()
    step, batch = bare_step(), next(iter(loader.dataset(0, 1)))

    def bare():
        for _ in range(steps):
            losses = step(batch["real"], batch["noisy"])
        return [float(loss) for loss in losses]

    def fit():
        gan.fit(loader.dataset(0, steps), steps_per_epoch=steps, verbose=0, shuffle=False)

    return in_turn({"bare": bare, "fit": fit}, steps=steps, repetitions=repetitions)


def rows(quick: bool = False) -> list[Row]:
    """(what, measured, promised) of this file."""
    found = [step_row("`segan-tiny` step, batch 8", step_times(*((20, 2) if quick else (100, 9)))),
             loader_row("`segan-tiny`", *our_gan(), 10 if quick else 60)]
    return found + real_time(quick) + memory(quick)


def main() -> None:
    """Print the rows."""
    for what, measured, promised in rows("--quick" in sys.argv):
        print(f"{what}\n    {measured}\n    promised: {promised}", flush=True)


if __name__ == "__main__":
    main()
