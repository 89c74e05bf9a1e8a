"""What can be wrong with a run, and what usually helps. Imports no TensorFlow."""

from __future__ import annotations

from dataclasses import dataclass

ADVICE = {
    "nonfinite": ("warn", "Lower the learning rates, train with precision float32, or try another loss."),
    "discriminator_wins": (
        "warn", "The generator gets hardly any signal. Lower the discriminator's learning rate, give it more dropout, "
        "smooth or flip its targets, turn augmentation on, or update the generator more often."),
    "generator_wins": (
        "warn", "The discriminator teaches nothing. Raise its learning rate or its width, update it more often, or "
        "lower the generator's learning rate."),
    "vanishing_gradient": (
        "warn", "The generator has stopped learning. Use the non-saturating, hinge or Wasserstein loss, look for a "
        "saturated last activation, and weaken the discriminator."),
    "exploding_gradient": (
        "warn", "Lower that player's learning rate, clip its gradient, or add a gradient penalty or spectral "
        "normalisation to the discriminator."),
    "d_loss_unstable": (
        "warn", "Lower the discriminator's learning rate or its first momentum, enlarge the batch, or add a gradient "
        "penalty."),
    "spike": ("info", "A single one is harmless; if they keep coming, lower the learning rates and look for odd "
                      "examples in the data."),
    "accuracy_out_of_band": (
        "info", "Above the band the discriminator may be learning the examples by heart: turn augmentation on, or add "
        "data. Below it the discriminator is too weak: less augmentation or dropout."),
    "critic_diverges": (
        "warn", "The critic is not held: raise the weight of the gradient penalty or clip at a smaller value, and "
        "lower its learning rate."),
    "mode_collapse": (
        "warn", "Look at the sheets of samples. Try the Wasserstein loss with gradient penalty, a lower learning rate "
        "of the generator, or a larger batch; go back to a checkpoint from before."),
}


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong with a run.

    Args:
        step: discriminator updates done when it was found.
        name: a key of `ADVICE`.
        level: "warn" or "info".
        what: the numbers that gave it away.
        advice: what usually helps.
    """

    step: int
    name: str
    level: str
    what: str
    advice: str

    @classmethod
    def of(cls, step: int, name: str, what: str) -> Finding:
        """The finding `name` with its level and advice."""
        level, advice = ADVICE[name]
        return cls(step, name, level, what, advice)

    def __str__(self):
        return (f"step {self.step:,}: {'warning' if self.level == 'warn' else self.level}: {self.name}: {self.what}. "
                f"{self.advice}")
