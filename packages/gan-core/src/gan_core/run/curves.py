"""The curves of a run, drawn from the lines of its metrics.jsonl. Imports no TensorFlow; matplotlib where it draws."""

from __future__ import annotations

import io

import numpy as np

POINTS = 800  # more than a panel has pixels; longer curves are averaged
COLOURS = ("#1f5fa8", "#d9631e", "#4b8f3c", "#8a5aa8", "#7a6a58", "#c23b6e")
NOT_DRAWN = ("step", "examples", "phase")
GROUPS = (  # title, which names, logarithmic
    ("logits", ("real_logit", "fake_logit"), False),
    ("accuracy of the discriminator", ("real_accuracy", "fake_accuracy"), False),
    ("gradient norms", ("d_gradient_norm", "g_gradient_norm"), True),
    ("variety of samples, relative to real ones", ("sample_diversity", "sample_spread"), False),
    ("examples per second", ("examples_per_second",), False),
    ("learning rates", ("d_learning_rate", "g_learning_rate"), False),
)


def curves(lines: list[dict]) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Name -> (steps, values), float64, for everything recorded at two or more steps; null becomes NaN."""
    found: dict[str, tuple[list, list]] = {}
    for line in lines:
        for name, value in line.items():
            if name not in NOT_DRAWN and (value is None or isinstance(value, int | float)):
                steps, values = found.setdefault(name, ([], []))
                steps.append(line["step"])
                values.append(np.nan if value is None else value)
    return {name: (np.array(steps, float), np.array(values, float)) for name, (steps, values) in found.items()
            if len(steps) > 1 and np.isfinite(values).any()}


def loss_curve(known: dict) -> bytes | None:
    """PNG of both players' losses; None if there are none yet."""
    names = [name for name in ("d_loss", "g_loss") if name in known]
    return _draw([("losses", names, False)], known, columns=1, width=8.0, height=3.6) if names else None


def other_curves(known: dict) -> bytes | None:
    """PNG with a panel for each validation score and for every group of further quantities; None if there are none."""
    grouped = {"d_loss", "g_loss", *(name for _, names, _ in GROUPS for name in names)}
    rest = [name for name in known if name not in grouped]
    panels = [(title, [name for name in names if name in known], logarithmic) for title, names, logarithmic in GROUPS]
    for player, title in (("d_", "parts of the discriminator's loss"), ("g_", "parts of the generator's loss")):
        parts = [name for name in rest if name.startswith(player)]
        rest = [name for name in rest if name not in parts]
        if parts != [f"{player}adversarial"]:  # a single part is the loss itself
            panels += [(title, parts[begin:begin + len(COLOURS)], False)
                       for begin in range(0, len(parts), len(COLOURS))]
    panels = [(name, [name], False) for name in rest] + panels
    panels = [panel for panel in panels if panel[1] and not _constant_rates(panel[1], known)]
    return _draw(panels, known, columns=3, width=4.0, height=2.5) if panels else None


def _constant_rates(names, known) -> bool:
    return all(name.endswith("learning_rate") and np.ptp(known[name][1]) == 0 for name in names)


def thinned(steps: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, ...]:
    """At most 800 points of a curve: steps, means, and the lowest and highest value that each mean stands for."""
    if len(steps) <= POINTS:
        return steps, values, values, values
    edges = np.linspace(0, len(steps), POINTS + 1).astype(int)[:-1]
    counts = np.diff([*edges, len(steps)])
    return (np.add.reduceat(steps, edges) / counts, np.add.reduceat(values, edges) / counts,
            np.minimum.reduceat(values, edges), np.maximum.reduceat(values, edges))


def _draw(panels, known, *, columns: int, width: float, height: float) -> bytes:
    from matplotlib.figure import Figure  # not pyplot: no window system, no global state

    columns = min(columns, len(panels))
    rows = -(-len(panels) // columns)
    figure = Figure(figsize=(width * columns, height * rows), dpi=100)
    boxes = figure.subplots(rows, columns, squeeze=False).ravel()
    for axes in boxes[len(panels):]:
        axes.set_axis_off()
    for axes, (title, names, logarithmic) in zip(boxes, panels, strict=False):
        for colour, name in zip(COLOURS, names, strict=False):
            steps, values, low, high = thinned(*known[name])
            if low is not values:
                axes.fill_between(steps, low, high, color=colour, alpha=0.2, linewidth=0)
            axes.plot(steps, values, color=colour, linewidth=1.2, label=name, marker="." if len(steps) < 30 else "")
        if logarithmic and all((known[name][1] > 0).any() for name in names):
            axes.set_yscale("log", nonpositive="mask")
        axes.set_title(title, fontsize=10)
        axes.tick_params(labelsize=8)
        axes.grid(alpha=0.25)
        if names != [title]:
            axes.legend(fontsize=8)
    for axes in boxes[max(0, len(panels) - columns):len(panels)]:
        axes.set_xlabel("step", fontsize=9)
    figure.tight_layout()
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png")
    return buffer.getvalue()
