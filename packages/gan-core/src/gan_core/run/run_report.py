"""report.html: a run on one page that needs nothing else, written when a process stops working on the run.

Imports no TensorFlow.
"""

from __future__ import annotations

import html
import json
import logging
import shlex
from collections.abc import Sequence
from pathlib import Path

import yaml

from gan_core.files import write_whole
from gan_core.run.curves import curves, loss_curve, other_curves
from gan_core.run.finding import Finding
from gan_core.run.folder import RunFolder
from gan_core.run.metrics_file import read_lines
from gan_core.run.sample_files import embedded_picture, samples_as_html

PROGRAMS = ("gan-vision", "gan-audio", "gan-text")
STYLE = """
body{font:16px/1.5 system-ui,sans-serif;max-width:78rem;margin:2rem auto;padding:0 1rem;color:#222;background:#fff}
table{border-collapse:collapse;margin:.8rem 0}td,th{padding:.25rem .8rem;border-bottom:1px solid #ddd;text-align:left;
vertical-align:top}h2{margin-top:2.2rem}img{max-width:100%}.samples{display:flex;gap:2rem;flex-wrap:wrap}
figure{margin:.8rem 0;flex:1 1 20rem;min-width:0}figcaption{color:#555}
.samples img{min-width:50%;image-rendering:pixelated}
pre{background:#f5f5f2;padding:.8rem;overflow:auto}.warn td:first-child{color:#b3261e;font-weight:600}
"""


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
    name = html.escape(folder.path.resolve().name)
    parts = [
        f"<h1>{html.escape(str(settings.get('recipe', 'Run')))}: {name}</h1>",
        f"<p>{_progress(lines, settings.get('steps') if steps is None else steps, findings)}</p>",
        "<h2>What the doctor found</h2>", _findings(findings),
        "<h2>Samples</h2>", samples_as_html(folder.samples),
        "<h2>Curves</h2>",
        embedded_picture(losses, "png", "losses by step") if losses else "<p>Nothing was recorded yet.</p>",
        embedded_picture(others, "png", "further quantities by step") if others else "",
        "<h2>Last values</h2>", _table(("quantity", "step", "value"), _last_values(lines)),
        "<h2>How to go on</h2>", _commands(folder, environment),
        "<h2>Settings</h2>", _table(("setting", "value"), _flat(settings)),
        "<h2>Environment</h2>", _table(("", ""), _described(environment)),
    ]
    page = ('<!doctype html><html lang="en"><head><meta charset="utf-8">'
            f'<meta name="viewport" content="width=device-width"><title>{name}</title><style>{STYLE}</style></head>'
            f"<body>{''.join(parts)}</body></html>\n")
    return write_whole(folder.report, page.encode("utf-8", "backslashreplace"))


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
        return f"<strong>Diverged</strong> at step {last:,}: a loss stopped being finite."
    if not isinstance(total, int):
        return f"{last:,} steps are recorded."
    return (f"All {last:,} steps are done." if last >= total else
            f"<strong>Not finished</strong>: {last:,} of {total:,} steps are recorded.")


def _findings(findings: Sequence[Finding]) -> str:
    if not findings:
        return "<p>Nothing: no known failure showed.</p>"
    rows = []
    for name in dict.fromkeys(finding.name for finding in sorted(findings, key=lambda each: each.level != "warn")):
        episodes = [finding for finding in findings if finding.name == name]
        first, last = episodes[0], episodes[-1]
        when = f"{first.step:,}"
        if len(episodes) > 1:
            when = f"{len(episodes)} times, from {when} to {last.step:,}"
        cells = ("warning" if last.level == "warn" else last.level, name, when, last.what, last.advice)
        rows.append((last.level, "".join(f"<td>{html.escape(cell)}</td>" for cell in cells)))
    head = ("", "finding", "step", "what was seen (last)", "what usually helps")
    return ("<table><tr>" + "".join(f"<th>{cell}</th>" for cell in head) + "</tr>"
            + "".join(f'<tr class="{html.escape(level)}">{row}</tr>' for level, row in rows) + "</table>")


def _last_values(lines: list[dict]) -> list[tuple]:
    last = {name: (line["step"], value) for line in lines for name, value in line.items() if name != "step"}
    return [(name, f"{step:,}", "not finite" if value is None else f"{value:,}" if isinstance(value, int)
             else f"{value:.5g}" if isinstance(value, float) else value) for name, (step, value) in last.items()]


def _commands(folder: RunFolder, environment: dict) -> str:
    command = environment.get("command") or []
    started = Path(str(command[0])).name if isinstance(command, list) and command else ""
    program = started if started in PROGRAMS else "PROGRAM"  # started from Python: the modality's program
    run = shlex.quote(str(folder.path))
    note = "" if program != "PROGRAM" else f"<p>PROGRAM is one of {', '.join(PROGRAMS)}.</p>"
    text = f"{program} resume {run}\n{program} sample {run}\ntensorboard --logdir {run}"
    return f"<pre>{html.escape(text)}</pre>{note}"


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


def _table(head: Sequence[str], rows: Sequence[tuple]) -> str:
    if not rows:
        return "<p>Not recorded.</p>"
    cells = ["".join(f"<td>{html.escape(str(cell))}</td>" for cell in row) for row in rows]
    top = "<tr>" + "".join(f"<th>{html.escape(cell)}</th>" for cell in head) + "</tr>" if any(head) else ""
    return f"<table>{top}{''.join(f'<tr>{row}</tr>' for row in cells)}</table>"
