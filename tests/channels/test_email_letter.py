"""The two twins of an e-mail say the same."""

import re
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from moothall.channels.email.letter import WIDTH, as_text, render_email
from moothall.core.packs import load_pack
from moothall.notifications.protocols import Envelope
from moothall.notifications.senders import Outgoing
from moothall.notifications.wording import fill_markdown


def text_of(markdown: str) -> str:
    return as_text(MarkdownIt("commonmark", {"html": False}).parse(markdown))


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("One.\n\nTwo.", "One.\n\nTwo."),
        ("**Bold** and *soft*", "Bold and soft"),
        ("# Head\n\nWords", "Head\n\nWords"),
        ("- a\n- b\n\nEnd", "- a\n- b\n\nEnd"),
        ("1. a\n2. b\n   - c", "1. a\n2. b\n  - c"),
        ("[See it](https://x.example/a?b=1)", "See it: https://x.example/a?b=1"),
        ("<https://x.example>", "https://x.example"),
        ("One\\\nTwo", "One\nTwo"),
    ],
)
def test_markdown_as_plain_text(markdown: str, text: str):
    assert text_of(markdown) == text


def test_lines_are_short_and_an_address_stays_whole():
    address = "https://my.example.gov.uk/track?reference=4HTK-7W2C&" + "x" * 80
    lines = text_of("word " * 60 + f"[See it]({address})").splitlines()
    assert all(len(line) <= WIDTH or line.strip() == address for line in lines)
    assert address in lines


@given(st.text(max_size=300))
def test_whatever_a_customer_wrote_is_shown_as_she_wrote_it(value: str):
    shown = text_of(fill_markdown("{{ value }}", {"value": f"x{value}x"}))
    assert re.sub(r"\s+|[\x00\ufffd]", "", shown) == re.sub(r"\s+|[\x00\ufffd]", "", f"x{value}x")


def test_html_carries_the_councils_name_language_and_no_script_or_picture_from_elsewhere():
    envelope = Envelope(uuid4(), "r", "email", "a@example.org", "", subject="A <b>subject</b>")
    letter = render_email(
        Outgoing(
            envelope, "Words **bold** 4HTK\\-7W2C [go](javascript:alert(1)) <script>x</script>", "", load_pack("leeds")
        )
    )
    assert "<title>A &lt;b&gt;subject&lt;/b&gt;</title>" in letter.html
    assert '<html lang="en" dir="ltr">' in letter.html
    assert "<strong>bold</strong>" in letter.html
    assert '<span style="white-space:nowrap">4HTK-7W2C</span>' in letter.html
    assert "<script" not in letter.html
    assert 'href="javascript' not in letter.html
    assert "src=" not in letter.html
    assert "List-Unsubscribe" not in letter.headers
