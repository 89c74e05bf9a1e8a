"""Run every benchmark in a process of its own and write benchmarks/README.md: `nox -s bench [-- --quick NAME ...]`."""

from __future__ import annotations

import importlib.metadata
import json
import os
import platform
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).parent
TITLES = {"train_step": "The train step (gan-core, gan-vision)", "modern": "Growing and modern image GANs (gan-vision)",
          "metrics": "Metrics (gan-core)",
          "translation": "Image-to-image translation (gan-vision)",
          "audio": "Speech enhancement (gan-audio)", "text": "Text (gan-text)"}
CHILD = "import json, sys; sys.path.insert(0, sys.argv[1]); import importlib; " \
        "rows = importlib.import_module(sys.argv[2]).rows(sys.argv[3] == 'quick'); print('ROWS' + json.dumps(rows))"


def processor() -> str:
    """The processor's name and the matrix instructions that matter here."""
    try:
        text = Path("/proc/cpuinfo").read_text()
    except OSError:
        return platform.processor()
    name = next((line.split(":", 1)[1].strip() for line in text.splitlines() if line.startswith("model name")), "")
    found = [flag for flag in ("avx2", "avx512f", "avx512_bf16", "amx_bf16") if flag in text]
    return f"{name} ({', '.join(found)})"


def measure(name: str, quick: bool) -> list[list[str]]:
    """The rows (what, measured, promised) of one module."""
    environment = {**os.environ, "CUDA_VISIBLE_DEVICES": "-1", "TF_CPP_MIN_LOG_LEVEL": "3"}
    done = subprocess.run([sys.executable, "-c", CHILD, str(HERE), name, "quick" if quick else "full"],
                          env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(next(line for line in done.stdout.splitlines() if line.startswith("ROWS"))[4:])


def main() -> None:
    """Measure what was asked for, print it, and write the page when everything was measured in full."""
    quick, names = "--quick" in sys.argv, [name for name in sys.argv[1:] if not name.startswith("-")]
    started = time.time()
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in ("tensorflow", "keras", "numpy"))
    lines = ["# Benchmarks", "",
             "Ratios of measurements made in one run, since single timings move with the machine. Reproduce with "
             "`nox -s bench` on a machine that does nothing else.", "",
             f"Machine: {os.cpu_count()} cores, {processor()}, Python {platform.python_version()}, {versions}. "
             f"Measured {time.strftime('%Y-%m-%d')}.", ""]
    for name in names or TITLES:
        print(f"measuring {name} ...", file=sys.stderr, flush=True)
        lines += [f"## {TITLES[name]}", "", "| what | measured | promised |", "| --- | --- | --- |"]
        for row in measure(name, quick):
            lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |")
            print(lines[-1], flush=True)
        lines.append("")
    lines.append(f"The whole took {(time.time() - started) / 60:.0f} minutes.")
    if not quick and not names:
        (HERE / "README.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
