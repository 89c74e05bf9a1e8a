"""The doctor of a run: recognises the known ways in which adversarial training fails, and says what helps.

It warns and never stops a run. Imports no TensorFlow.
"""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np

from gan_core.errors import DataError
from gan_core.run.finding import ADVICE, Finding
from gan_core.run.history import BLOCKS, WINDOW, Entry, History, mean, series
from gan_core.run.metrics_file import read_lines
from gan_core.run.variety import variety

EARLY = 1000  # updates of the beginning: they give the generator's usual gradient, and no verdict on levels yet
LEAST = 20  # entries that a variance or a standard deviation is taken over
LEAST_MEDIAN = 10  # entries that a median is taken over
RISES = 10  # windows in a row in which a critic's estimate grows
BAND = (0.80, 0.95)  # of the accuracy on real samples, healthy for the non-saturating loss (ADA)
CROSS_ENTROPY = ("non_saturating", "minimax")
KEPT = ("d_loss", "d_adversarial", "g_loss", "g_adversarial", "real_accuracy", "fake_accuracy", "d_gradient_norm",
        "g_gradient_norm")


class Doctor:
    """Names what is wrong with a sick run.

    A condition counts once it holds over a window of 200 updates, and is reported once per episode: again only after
    it has been absent for a window.

    Args:
        gan: the `GAN` of the run, whose loss decides which conditions make sense; or None.
        loss: the name of the adversarial loss where there is no `gan`; None leaves rules that fit every loss.

    Attributes:
        findings: everything found so far, in order.

    Example:
        >>> doctor = Doctor(gan)
        >>> for step in range(50, 251, 50):
        ...     for finding in doctor.observe(step, {"d_loss": 9e-5, "real_accuracy": 1.0, "fake_accuracy": 1.0}):
        ...         print(finding)
    """

    def __init__(self, gan=None, *, loss: str | None = None):
        self.loss = loss if gan is None else gan.objective.adversarial.name
        # Of a generator that learns without an adversary, nothing that the discriminator does is a finding.
        self.has_adversary = gan is None or gan.objective.generator_weight != 0
        self.findings: list[Finding] = []
        self._last_held: dict[str, int] = {}
        self._phase = 0
        self._start_at(0)

    def _start_at(self, step: int) -> None:
        self._history = History(step, keep=BLOCKS * LEAST)
        self._early_norms: list[float] = []
        self._estimates: list[float] = []  # of the critic, one per window
        self._estimate_sum, self._estimate_span = 0.0, 0

    # ------------------------------------------------------------------ what a run calls

    def observe(self, step: int, values: Mapping[str, float]) -> list[Finding]:
        """Judge the means of an entry.

        Args:
            step: discriminator updates done.
            values: the quantities that `GAN` reports, averaged since the previous call; "phase" if the run has
                several (a new phase starts a new history); "sample_diversity" and "sample_spread" of `variety`.

        Returns:
            What is new.
        """
        found: dict[str, str] = {}
        judged: set[str] = set()
        if "sample_diversity" in values:
            judged.add("mode_collapse")
            found |= _collapse(values)
        if "d_loss" in values or "g_loss" in values:
            broken = [name for name, value in values.items() if value is None or not math.isfinite(value)]
            if broken:
                return self._report(step, {"nonfinite": f"{', '.join(broken)} not finite"}, {"nonfinite"})
            if values.get("phase", self._phase) != self._phase:
                self._phase = values["phase"]
                self._start_at(self._history.items[-1].step if self._history.items else self._history.start)
            if self.has_adversary:
                judged |= ADVICE.keys() - {"mode_collapse"}
                found |= self._judge(step, values)
        return self._report(step, found, judged)

    def inspect(self, step: int, fakes: np.ndarray, reals: np.ndarray) -> list[Finding]:
        """Compare how much generated samples of fixed noise differ among each other with how much real ones do.

        Args:
            step: discriminator updates done.
            fakes: float (n, ...), 64 are enough.
            reals: float (m, ...) in the same range.

        Returns:
            What is new.
        """
        return self.observe(step, variety(fakes, reals))

    def state(self) -> dict:
        """Everything the doctor remembers, as JSON values: a restored doctor continues exactly."""
        names = sorted({name for entry in self._history.items for name in entry.values})
        return {
            "loss": self.loss, "phase": self._phase, "start": self._history.start, "names": names,
            "entries": [[entry.step, entry.span, *(entry.values.get(name) for name in names)]
                      for entry in self._history.items],
            "early_norms": list(self._early_norms), "estimates": list(self._estimates),
            "estimate": [self._estimate_sum, self._estimate_span], "last_held": dict(self._last_held),
            "findings": [dataclasses.asdict(finding) for finding in self.findings]}

    def restore(self, state: Mapping | None) -> None:
        """Continue from what `state` returned; None starts anew."""
        if not state:
            return
        self._phase, self._last_held = state["phase"], dict(state["last_held"])
        self._start_at(state["start"])
        for step, span, *values in state["entries"]:
            known = {name: value for name, value in zip(state["names"], values, strict=True) if value is not None}
            self._history.items.append(Entry(step, span, known))
        self._early_norms, self._estimates = list(state["early_norms"]), list(state["estimates"])
        self._estimate_sum, self._estimate_span = state["estimate"]
        self.findings = [Finding(**finding) for finding in state["findings"]]

    # ------------------------------------------------------------------ how it judges

    def _report(self, step: int, found: Mapping[str, str], judged: Iterable[str]) -> list[Finding]:
        new = [Finding.of(step, name, what) for name, what in found.items() if name not in self._last_held]
        for name in found:
            self._last_held[name] = step
        for name in judged:
            if name in self._last_held and step - self._last_held[name] >= WINDOW:
                del self._last_held[name]
        self.findings += new
        return new

    def _judge(self, step: int, values: Mapping[str, float]) -> dict[str, str]:
        entry = self._history.add(step, {name: float(values[name]) for name in KEPT if name in values})
        if step - entry.span - self._history.start < EARLY:
            self._early_norms += series([entry], "g_gradient_norm").tolist()
        found = self._unsteadiness() | self._explosions()
        window = self._history.stretch(WINDOW)
        if window is not None:
            means = {name: value for name in KEPT if (value := mean(window, name)) is not None}
            past_start = step - self._history.start > EARLY
            found |= self._winners(means, past_start) | self._accuracy(means, past_start)
            if past_start:
                found |= self._vanishing(window)
        if "real_accuracy" not in values and {"real_logit", "fake_logit"} <= values.keys():
            found |= self._critic(entry, values["real_logit"] - values["fake_logit"])
        return found

    def _winners(self, means: Mapping[str, float], past_start: bool) -> dict[str, str]:
        d_loss = means.get("d_adversarial", means.get("d_loss", math.inf))
        g_loss = means.get("g_adversarial", means.get("g_loss", math.inf))
        real, fake = means.get("real_accuracy"), means.get("fake_accuracy")
        if real is None or fake is None:  # a critic has no boundary: no side of it can win
            return {}
        found, accuracies = {}, f"accuracy {real:.3f} on real and {fake:.3f} on generated samples"
        certain = self.loss == "hinge" or min(real, fake) > 0.995
        if certain and d_loss < (0.02 if self.loss in CROSS_ENTROPY else 0.01):
            found["discriminator_wins"] = f"the discriminator's loss is {d_loss:.2g}, its {accuracies}"
        # A discriminator that has learned nothing yet may call everything real, by a hair: only later is that a defeat.
        if (fake < 0.01 and past_start) or (fake < 0.02 and g_loss < 0.05):
            found["generator_wins"] = (
                f"only {fake:.1%} of the generated samples are recognised, the generator's loss is {g_loss:.2g}")
        return found

    def _accuracy(self, means: Mapping[str, float], past_start: bool) -> dict[str, str]:
        accuracy = means.get("real_accuracy")
        if self.loss != "non_saturating" or accuracy is None or not past_start or BAND[0] <= accuracy <= BAND[1]:
            return {}
        return {"accuracy_out_of_band":
                f"the accuracy on real samples is {accuracy:.2f}, outside {BAND[0]:.2f} to {BAND[1]:.2f}"}

    def _vanishing(self, window) -> dict[str, str]:
        norms = series(window, "g_gradient_norm")
        if not norms.size or not self._early_norms:
            return {}
        now, usual = np.median(norms), np.median(self._early_norms)
        if now >= 1e-3 * usual:
            return {}
        return {"vanishing_gradient":
                f"the generator's gradient norm is {now:.2g}, at the beginning it was {usual:.2g}"}

    def _unsteadiness(self) -> dict[str, str]:
        found = {}
        before = self._history.stretch(WINDOW, LEAST, skip=1)
        losses = series(before or [], "d_loss")
        latest = self._history.items[-1].values.get("d_loss")
        if latest is not None and losses.size >= LEAST:
            # A loss that hardly moves has no meaningful spread: below 1% of its size nothing is a spike.
            spread = max(losses.std(), 0.01 * abs(losses.mean()))
            if abs(latest - losses.mean()) > 6 * spread:
                found["spike"] = f"the discriminator's loss is {latest:.3g}, lately {losses.mean():.3g} ± {spread:.2g}"
        last = self._history.stretch(WINDOW, LEAST)
        earlier = last and self._history.stretch((BLOCKS - 1) * WINDOW, (BLOCKS - 1) * LEAST, skip=len(last))
        if last and earlier:
            now, then = series(last, "d_loss"), series(earlier, "d_loss")
            if min(now.size, then.size) >= LEAST and now.std() > 2 * max(then.std(), 0.01 * abs(then.mean())):
                found["d_loss_unstable"] = (f"the variance of the discriminator's loss has grown from {then.var():.2g} "
                                            f"to {now.var():.2g}")
        return found

    def _explosions(self) -> dict[str, str]:
        before = self._history.stretch(WINDOW, LEAST_MEDIAN, skip=1) or []
        texts = []
        for player, name in (("discriminator", "d_gradient_norm"), ("generator", "g_gradient_norm")):
            norms, now = series(before, name), self._history.items[-1].values.get(name)
            if now is not None and norms.size >= LEAST_MEDIAN and now > 10 * np.median(norms) > 0:
                texts.append(f"the {player}'s gradient norm is {now:.3g}, lately {np.median(norms):.3g}")
        return {"exploding_gradient": "; ".join(texts)} if texts else {}

    def _critic(self, entry, estimate: float) -> dict[str, str]:
        if entry.step - self._history.start > EARLY:  # a critic that has just begun rises in every healthy run
            self._estimate_sum += entry.span * estimate
            self._estimate_span += entry.span
        if self._estimate_span >= WINDOW:
            self._estimates = [*self._estimates[-RISES:], self._estimate_sum / self._estimate_span]
            self._estimate_sum, self._estimate_span = 0.0, 0
        rising = len(self._estimates) > RISES and all(np.diff(self._estimates) > 0)
        if not rising or self._estimates[-1] <= 0:
            return {}
        return {"critic_diverges": f"the critic's estimate E r - E f has grown in {RISES} windows in a row, from "
                                   f"{self._estimates[0]:.3g} to {self._estimates[-1]:.3g}"}


def _collapse(values: Mapping[str, float]) -> dict[str, str]:
    texts = []
    if values["sample_diversity"] < 0.2:
        texts.append(f"generated samples lie {values['sample_diversity']:.1%} as far from each other as real ones")
    if values.get("sample_spread", 1.0) < 0.01:
        texts.append(f"a typical element varies {values['sample_spread']:.1%} as much as in real samples")
    return {"mode_collapse": "; ".join(texts)} if texts else {}


def diagnose(run: Path | str) -> list[Finding]:
    """Replay the record of a run past the doctor, print what he finds, and return it.

    Args:
        run: the run folder that `train` printed.

    Raises:
        RunError: `run` is not a run folder.
    """
    from gan_core.progress import stdout
    from gan_core.run.folder import RunFolder

    folder = RunFolder.open(run)
    lines = read_lines(folder.metrics)
    if not lines and folder.metrics.exists() and folder.metrics.stat().st_size:
        raise DataError(f"{folder.metrics}: no line can be read. Expected: JSON lines with a key `step`. Restore the "
                        "file that the run wrote.")
    doctor = Doctor(loss=_recorded_loss(folder.checkpoints))
    for line in lines:
        doctor.observe(line["step"], {name: value for name, value in line.items() if name != "step"})
    say = stdout()
    for finding in doctor.findings:
        say.print(str(finding), markup=False)
    last = max((line["step"] for line in lines), default=0)
    count = len(doctor.findings)
    say.print(f"{count} finding{'' if count == 1 else 's'} in {last:,} steps of {folder.path}", markup=False)
    return doctor.findings


def _recorded_loss(checkpoints: Path) -> str | None:
    """The name of the loss that the newest checkpoint notes; None where there is no checkpoint."""
    for manifest in sorted(checkpoints.glob("step-*/manifest.json"), reverse=True):
        try:
            return json.loads(manifest.read_text(encoding="utf-8"))["doctor"]["loss"]
        except (OSError, ValueError, KeyError, TypeError):
            continue
    return None
