"""What the forensics tell apart at the least: fakes that need no generator.

After chapter 11 of Rafael Valle, "Hands-On Generative Adversarial Networks with Keras" (Packt 2019): real digits
against coin flips with the same mean, and against digits moved by the fast gradient sign method (Goodfellow, Shlens and
Szegedy 2014, arXiv:1412.6572), which a person takes for real ones. Run it, in seconds, with gan-vision installed:

    python docs/examples/forensics_baselines.py
"""

from __future__ import annotations

import numpy as np


def main(count: int = 400) -> dict[str, float]:
    """Compare both kinds of fakes with real digits.

    Args:
        count: digits per side.

    Returns:
        Distances D of the pixels (Kolmogorov and Smirnov) by the kind of fake.
    """
    import keras

    from gan_core.forensics import bernoulli_like, compare_pixels, fgsm
    from gan_vision.data import load_images

    keras.utils.set_random_seed(0)
    digits = load_images("digits", size=(8, 8), channels=1, validation=0.0)
    pixels, labels = np.asarray(digits.images, np.float32) / 255, np.asarray(digits.labels)
    classifier = keras.Sequential([keras.Input((8, 8, 1)), keras.layers.Flatten(), keras.layers.Dense(64, "relu"),
                                   keras.layers.Dense(10)])
    classifier.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    classifier.fit(pixels, labels, epochs=10, verbose=0)
    real, chosen = pixels[count:2 * count], slice(0, count)
    fakes = {"itself, other digits": pixels[chosen], "coin flips": bernoulli_like(pixels[chosen]),
             "moved by 0.1 against a classifier": fgsm(classifier, pixels[chosen], labels[chosen], eps=0.1)}
    distances = {name: compare_pixels(real, fake, repeats=20).raw.ks.statistic for name, fake in fakes.items()}
    for name, distance in distances.items():
        print(f"{name}: D = {distance:.3f}")
    return distances


if __name__ == "__main__":
    main()
