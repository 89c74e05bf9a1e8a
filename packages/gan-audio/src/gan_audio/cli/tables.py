"""Tables of scores: which metrics stand in them, and how they are printed."""

from __future__ import annotations

import importlib.util

from gan_core.progress import stdout

OPTIONAL = {"stoi": ("pystoi", "metrics"), "pesq": ("pesq", "pesq"), "composite": ("pesq", "pesq")}
SHORT = {"segmental_snr": "ssnr", "log_spectral_distance": "lsd"}
COLUMNS = 6  # metrics beside each other: 80 characters hold them


def available_metrics() -> list[str]:
    """The metrics of a table by default: PESQ and STOI where their packages are installed."""
    metrics = ["si_sdr", "segmental_snr", "snr", "log_spectral_distance"]
    return metrics + [name for name, (package, _) in OPTIONAL.items() if importlib.util.find_spec(package)]


def print_evaluation(result) -> None:
    """The table of means, one per SNR group, and the notes."""
    from rich.markup import escape
    from rich.table import Table

    groups = [None, *(result.snrs if len(result.snrs) > 1 else [])]
    for snr in groups:
        count = len(result.names) if snr is None else result.groups.count(snr)
        rows = result.table(snr)
        title = f"{'all' if snr is None else f'mixed at {snr:g} dB'}: means over {count} recordings"
        for start in range(1, len(rows[0]), COLUMNS):  # numbers are never cut: many metrics make several tables
            table = Table(title=title if start == 1 else None, title_justify="left")
            for index, name in enumerate([rows[0][0], *rows[0][start:start + COLUMNS]]):
                table.add_column(SHORT.get(str(name), str(name)), no_wrap=index > 0, overflow="fold",
                                 justify="right" if index else "left")
            for row in rows[1:]:
                table.add_row(escape(row[0]), *row[start:start + COLUMNS])
            stdout().print(table)
    if set(SHORT) & set(rows[0]):
        stdout().print("ssnr: segmental SNR, dB; lsd: log-spectral distance, dB (less is better)")
    for note in result.notes:
        stdout().print(note, markup=False)
