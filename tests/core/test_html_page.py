"""gan_core.html_page: a page that holds all it shows, and no tag that came from a name."""

import re
from html.parser import HTMLParser

import pytest

from gan_core.html_page import bullets, figure, heading, page, paragraph, picture, preformatted, row, sound, table

EVIL = '"><img src=x onerror=alert(1)><script>alert(2)</script>'


@pytest.mark.parametrize("html", [
    page(EVIL, []), heading(EVIL), paragraph(EVIL), paragraph("", strong=EVIL), bullets([EVIL]), preformatted(EVIL),
    table((EVIL,), [(EVIL,)]), table(("a",), [("b",)], styles=[EVIL]), table(("a",), [], empty=EVIL),
    picture(b"", "png", EVIL), figure("", EVIL),
])
def test_text_cannot_become_a_tag(html):
    assert "<img src=x" not in html
    assert "<script" not in html


def test_every_tag_is_closed():
    open_tags, void = [], {"img", "meta"}

    class Checker(HTMLParser):
        def handle_starttag(self, tag, attrs):
            open_tags.extend([tag] if tag not in void else [])

        def handle_endtag(self, tag):
            assert open_tags.pop() == tag

    parts = [heading("a", 1), paragraph("b", note=True, strong="c"), bullets("de"), preformatted("f"),
             table(("g", "h"), [(1, 2)], numbers=True), row([figure(picture(b"i", "png", "j"), "k", above=True)]),
             sound(b"l", "wav")]
    Checker().feed(page("title", parts))
    assert open_tags == []


def test_a_page_refers_to_nothing_outside():
    html = page("a", [picture(b"x", "png", "y"), sound(b"z", "wav")])
    assert re.findall(r'(?:src|href)="([^"]*)"', html) == ["data:image/png;base64,eA==", "data:audio/wav;base64,eg=="]
    assert "http" not in html


def test_a_head_of_empty_cells_is_left_out():
    assert table(("", ""), [("a", 1)]) == ('<div class="table"><table><tr><td>a</td><td>1</td></tr></table></div>')


def test_a_table_without_rows_says_so():
    assert table(("a",), []) == "<p>Not recorded.</p>"


def test_a_caption_stands_above_or_below():
    assert figure("X", "c") == "<figure>X<figcaption>c</figcaption></figure>"
    assert figure("X", "c", above=True) == "<figure><figcaption>c</figcaption>X</figure>"
