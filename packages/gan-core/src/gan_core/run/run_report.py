"""report.html: a run on one page that needs nothing else, written when a process stops working on the run.

Imports no TensorFlow.
"""

from __future__ import annotations

import json
import logging
import shlex
from collections.abc import Sequence
from pathlib import Path

import yaml

from gan_core.files import write_whole
from gan_core.html_page import heading, page, paragraph, picture, preformatted, table
from gan_core.run.curves import curves, loss_curve, other_curves
from gan_core.run.finding import Finding
from gan_core.run.folder import RunFolder
from gan_core.run.metrics_file import read_lines
from gan_core.run.sample_files import samples_as_html

PROGRAMS = ("gan-vision", "gan-audio", "gan-text")


def write_report(folder: RunFolder, findings: Sequence[Finding], *, steps: int | None = None) -> None:
    """Write report.html and curves.png into the run folder; never makes a run fail.

    Args:
        folder: the run, finished or not.
        findings: what the doctor found.
        steps: of the whole run; those of its settings if None.
    """
    try:
        compose_report(folder, findings, steps=steps)
    except Exception as error:  # a finished training is worth more than its report
        logging.getLogger("gan_core").warning(
            "report.html could not be written: %s: %s", type(error).__name__, " ".join(str(error).split()))


def compose_report(folder: RunFolder, findings: Sequence[Finding], *, steps: int | None = None) -> Path:
    """Write report.html and curves.png; both are whole or absent.

    Returns:
        The path of report.html.
    """
    lines = read_lines(folder.metrics)
    known = curves(lines)
    losses = loss_curve(known)
    if losses is not None:
        write_whole(folder.path / "curves.png", losses)
    settings, environment = _settings(folder.config), _environment(folder.environment)
    others = other_curves(known)
    name = folder.path.resolve().name
    parts = [
        heading(f"{settings.get('recipe', 'Run')}: {name}", 1),
        _progress(lines, settings.get("steps") if steps is None else steps, findings),
        heading("What the doctor found"), _findings(findings),
        heading("Samples"), samples_as_html(folder.samples),
        heading("Curves"),
        picture(losses, "png", "losses by step") if losses else paragraph("Nothing was recorded yet."),
        picture(others, "png", "further quantities by step") if others else "",
        heading("Last values"), table(("quantity", "step", "value"), _last_values(lines)),
        heading("How to go on"), _commands(folder, environment),
        heading("Settings"), table(("setting", "value"), _flat(settings)),
        heading("Environment"), table(("", ""), _described(environment)),
    ]
    return write_whole(folder.report, page(name, parts).encode("utf-8", "backslashreplace"))


def _settings(path: Path) -> dict:
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError):  # a report on what can be read beats none
        return {}
    return values if isinstance(values, dict) else {}


def _environment(path: Path) -> dict:
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return values if isinstance(values, dict) else {}


def _progress(lines: list[dict], total, findings: Sequence[Finding]) -> str:
    last = max((line["step"] for line in lines), default=0)
    if any(finding.name == "nonfinite" and finding.step >= last for finding in findings):
        return paragraph(f" at step {last:,}: a loss stopped being finite.", strong="Diverged")
    if not isinstance(total, int):
        return paragraph(f"{last:,} steps are recorded.")
    if last >= total:
        return paragraph(f"All {last:,} steps are done.")
    return paragraph(f": {last:,} of {total:,} steps are recorded.", strong="Not finished")


def _findings(findings: Sequence[Finding]) -> str:
    if not findings:
        return paragraph("Nothing: no known failure showed.")
    rows, levels = [], []
    for name in dict.fromkeys(finding.name for finding in sorted(findings, key=lambda each: each.level != "warn")):
        episodes = [finding for finding in findings if finding.name == name]
        first, last = episodes[0], episodes[-1]
        when = f"{first.step:,}"
        if len(episodes) > 1:
            when = f"{len(episodes)} times, from {when} to {last.step:,}"
        rows.append(("warning" if last.level == "warn" else last.level, name, when, last.what, last.advice))
        levels.append(last.level)
    return table(("", "finding", "step", "what was seen (last)", "what usually helps"), rows, styles=levels)


def _last_values(lines: list[dict]) -> list[tuple]:
    last = {name: (line["step"], value) for line in lines for name, value in line.items() if name != "step"}
    return [(name, f"{step:,}", "not finite" if value is None else f"{value:,}" if isinstance(value, int)
             else f"{value:.5g}" if isinstance(value, float) else value) for name, (step, value) in last.items()]


def _commands(folder: RunFolder, environment: dict) -> str:
    command = environment.get("command") or []
    started = Path(str(command[0])).name if isinstance(command, list) and command else ""
    program = started if started in PROGRAMS else "PROGRAM"  # started from Python: the modality's program
    run = shlex.quote(str(folder.path))
    note = "" if program != "PROGRAM" else paragraph(f"PROGRAM is one of {', '.join(PROGRAMS)}.")
    text = f"{program} resume {run}\n{program} sample {run}\ntensorboard --logdir {run}"
    return preformatted(text) + note


def _described(environment: dict) -> list[tuple]:
    values = dict(environment)
    if isinstance(values.get("command"), list):
        values["command"] = shlex.join(str(part) for part in values["command"])
    return _flat(values)


def _flat(values: dict, prefix: str = "") -> list[tuple]:
    rows = []
    for key, value in values.items():
        if isinstance(value, dict):
            rows += _flat(value, f"{prefix}{key}.")
        else:
            rows.append((f"{prefix}{key}", value))
    return rows
