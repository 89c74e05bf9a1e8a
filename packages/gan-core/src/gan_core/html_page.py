"""One HTML page that needs nothing else: no script, no file beside it, no link to anywhere.

Every function takes plain text and escapes it; what they return is HTML, which `page` puts together.
"""

from __future__ import annotations

import base64
import html
from collections.abc import Iterable, Sequence

STYLE = """
body{font:16px/1.5 system-ui,sans-serif;max-width:78rem;margin:2rem auto;padding:0 1rem;color:#222;background:#fff}
.table{overflow-x:auto;margin:.8rem 0}table{border-collapse:collapse}
td,th{padding:.25rem .8rem;border-bottom:1px solid #ddd;text-align:left;vertical-align:top}
.numbers td+td,.numbers th+th{text-align:right}h2{margin-top:2.2rem}img{max-width:100%}
.row{display:flex;gap:2rem;flex-wrap:wrap}figure{margin:.8rem 0;min-width:0}.row figure{flex:1 1 20rem}
figcaption{color:#555}.row img{min-width:50%;image-rendering:pixelated}
pre{background:#f5f5f2;padding:.8rem;overflow:auto}.note{color:#444;font-size:.95rem;max-width:62rem}
.warn td:first-child{color:#b3261e;font-weight:600}
"""


def page(title: str, parts: Iterable[str]) -> str:
    """The whole page.

    Args:
        title: text, of the window.
        parts: HTML, as the functions below return it.

    Returns:
        HTML text; write it as UTF-8 with errors="backslashreplace", since file names may hold anything.

    Example:
        >>> page("Scores", [heading("Scores"), table(("metric", "value"), [("FID", 12.5)])])
    """
    return ('<!doctype html><html lang="en"><head><meta charset="utf-8">'
            f'<meta name="viewport" content="width=device-width"><title>{html.escape(title)}</title>'
            f"<style>{STYLE}</style></head><body>{''.join(parts)}</body></html>\n")


def heading(text: str, level: int = 2) -> str:
    """A heading; `level` 1 is the title of the page."""
    return f"<h{level}>{html.escape(text)}</h{level}>"


def paragraph(text: str, *, note: bool = False, strong: str = "") -> str:
    """A paragraph, smaller if it is a `note`, after a few words in bold type."""
    words = f"<strong>{html.escape(strong)}</strong>" if strong else ""
    kind = ' class="note"' if note else ""
    return f"<p{kind}>{words}{html.escape(text)}</p>"


def bullets(texts: Iterable[str]) -> str:
    """A list of points."""
    return "<ul>" + "".join(f"<li>{html.escape(text)}</li>" for text in texts) + "</ul>"


def preformatted(text: str) -> str:
    """Text with its line breaks: commands, samples of text."""
    return f"<pre>{html.escape(text)}</pre>"


def table(head: Sequence, rows: Sequence[Sequence], *, numbers: bool = False, styles: Sequence[str] | None = None,
          empty: str = "Not recorded.") -> str:
    """A table that scrolls by itself where the screen is narrow.

    Args:
        head: the cells above; a head of empty cells is left out.
        rows: the other cells, anything that `str` turns into text.
        numbers: whether all columns but the first are numbers, set to the right.
        styles: a CSS class per row.
        empty: what stands in the place of a table without rows.
    """
    if not rows:
        return paragraph(empty)
    classes = [f' class="{html.escape(style)}"' if style else "" for style in styles or [""] * len(rows)]
    lines = [f"<tr{style}>{_cells('td', row)}</tr>" for style, row in zip(classes, rows, strict=True)]
    top = f"<tr>{_cells('th', head)}</tr>" if any(head) else ""
    kind = ' class="numbers"' if numbers else ""
    return f'<div class="table"><table{kind}>{top}{"".join(lines)}</table></div>'


def picture(data: bytes, kind: str, description: str) -> str:
    """An image that lies in the page itself.

    Args:
        data: the file's content.
        kind: "png", "jpeg", "gif" or "webp".
        description: for those who cannot see it.
    """
    code = base64.b64encode(data).decode()
    return f'<img alt="{html.escape(description)}" src="data:image/{kind};base64,{code}">'


def sound(data: bytes, kind: str) -> str:
    """A recording that can be played; `kind` is "wav", "flac", "mpeg" or "ogg"."""
    return f'<audio controls src="data:audio/{kind};base64,{base64.b64encode(data).decode()}"></audio>'


def figure(content: str, caption: str, *, above: bool = False) -> str:
    """A picture or other HTML with its caption, below it or `above`."""
    words = f"<figcaption>{html.escape(caption)}</figcaption>"
    return f"<figure>{words}{content}</figure>" if above else f"<figure>{content}{words}</figure>"


def row(parts: Iterable[str]) -> str:
    """Figures side by side, as far as there is room."""
    return f'<div class="row">{"".join(parts)}</div>'


def _cells(kind: str, cells: Sequence) -> str:
    return "".join(f"<{kind}>{html.escape(str(cell))}</{kind}>" for cell in cells)
