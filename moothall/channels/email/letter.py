"""How an e-mail leaves: simple HTML in the council's brand, with a text-only twin made from the same words."""

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from jinja2 import Environment
from markdown_it.token import Token
from markupsafe import Markup

from moothall.channels.unbroken import markdown
from moothall.customers.pack import LANGUAGES
from moothall.notifications.protocols import Envelope
from moothall.notifications.reading_links import reading_link
from moothall.notifications.senders import Outgoing

_HEX = re.compile(r"#[0-9a-fA-F]{6}")
_INK = "#1d1d1b"
WIDTH = 72
FORMS_BY_LINK = {"audio": "Listen to this message", "braille": "This message in Braille"}
"""Formats that an e-mail carries by a link to the same words in that form."""


def render_email(outgoing: Outgoing) -> Envelope:
    """Return the envelope with both twins and the headers of a letter that a machine sent.

    ``Auto-Submitted`` keeps out-of-office answers from answering us (RFC 3834), unless the message says of itself that a
    person wrote it; ``List-Unsubscribe`` with one click (RFC 8058) where such messages may be stopped.
    """
    envelope, council = outgoing.envelope, outgoing.pack.council
    tokens = markdown().parse(outgoing.body)
    signed = council.name
    text = as_text(tokens) + f"\n\n{signed}\n"
    headers = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}
    if outgoing.stop_link:
        text += f"\nTo stop messages like this one: {outgoing.stop_link}\n"
        headers |= {
            "List-Unsubscribe": f"<{outgoing.stop_link}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        }
    spoken = outgoing.pack.of(LANGUAGES).get(outgoing.language)
    read = reading_link(envelope.message_id) if outgoing.format in FORMS_BY_LINK else ""
    if read:
        text += f"\n{FORMS_BY_LINK[outgoing.format]}: {read}\n"
    html = (
        ""
        if outgoing.format == "plain-text"
        else _letter().render(
            subject=envelope.subject,
            council=council.name,
            language=outgoing.language,
            direction="rtl" if spoken is not None and spoken.right_to_left else "ltr",
            size=28 if outgoing.format == "large-print" else 19,
            read=read,
            read_words=FORMS_BY_LINK.get(outgoing.format, ""),
            colour=_brand(council.brand.colours),
            ink=_INK,
            body=Markup(markdown().renderer.render(tokens, markdown().options, {})),  # noqa: S704  Markdown with HTML off
            stop_link=outgoing.stop_link,
        )
    )
    return replace(envelope, text=text, html=html, headers={**headers, **envelope.headers})


def as_text(tokens: Sequence[Token]) -> str:
    """Return Markdown tokens as plain text: lists with dashes or numbers, links with their address after them."""
    lines: list[str] = []
    markers: list[list[int | None]] = []
    pending = ""
    for token in tokens:
        if token.type == "bullet_list_open":
            markers.append([None])
        elif token.type == "ordered_list_open":
            markers.append([int(token.attrGet("start") or 1)])
        elif token.type in {"bullet_list_close", "ordered_list_close"}:
            markers.pop()
            if not markers and lines and lines[-1]:
                lines.append("")
        elif token.type == "list_item_open":
            number = markers[-1][0]
            pending = "  " * (len(markers) - 1) + ("- " if number is None else f"{number}. ")
            markers[-1][0] = None if number is None else number + 1
        elif token.type == "inline":
            words = _inline(token.children or [])
            lines += _wrapped(words, pending, "  " * len(markers) if markers else "")
            pending = ""
            if not markers:
                lines.append("")
        elif token.type == "hr":
            lines += ["-" * 20, ""]
    return "\n".join(lines).strip()


def _inline(children: Sequence[Token]) -> str:
    out: list[str] = []
    target = ""
    began = 0
    for child in children:
        if child.type in {"text", "code_inline"}:
            out.append(child.content)
        elif child.type in {"softbreak", "hardbreak"}:
            out.append(" " if child.type == "softbreak" else "\n")
        elif child.type == "link_open":
            target, began = str(child.attrGet("href") or ""), len(out)
        elif child.type == "link_close":
            words = "".join(out[began:])
            if words != target:
                out.append(f": {target}" if target else "")
    return "".join(out)


def _wrapped(words: str, first: str, rest: str) -> list[str]:
    """Break lines at ``WIDTH``, never inside a word: a web address stays whole."""
    lines: list[str] = []
    for number, paragraph in enumerate(words.split("\n")):
        line = first if number == 0 else rest
        indent = rest
        for word in paragraph.split():
            if len(line) + len(word) > WIDTH and line.strip():
                lines.append(line.rstrip())
                line = indent
            line += word + " "
        lines.append(line.rstrip())
    return lines


def _brand(colours: dict[str, str]) -> str:
    for name in ("brand", "primary", "main"):
        if _HEX.fullmatch(colours.get(name, "")):
            return colours[name]
    return next((colour for colour in colours.values() if _HEX.fullmatch(colour)), _INK)


@lru_cache(maxsize=1)
def _letter():  # type: ignore[no-untyped-def]
    return Environment(autoescape=True).from_string(_LETTER)


# Mail programmes read neither style sheets nor variables reliably: the few styles stand on the elements.
_LETTER = """\
<!doctype html>
<html lang="{{ language }}" dir="{{ direction }}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{{ subject }}</title>
</head>
<body style="margin:0;padding:0;background:#ffffff;color:{{ ink }};font-family:Arial,Helvetica,sans-serif">
<div style="border-top:8px solid {{ colour }};padding:24px 16px;max-width:580px;margin:0 auto;
font-size:{{ size }}px;line-height:1.5">
<p style="margin:0 0 24px;font-weight:bold;font-size:{{ size + 5 }}px">{{ council }}</p>
<main>
{% if read %}<p style="font-weight:bold"><a href="{{ read }}" lang="en" dir="ltr">{{ read_words }}</a></p>{% endif %}
{{ body }}
</main>
<hr style="border:0;border-top:1px solid #b1b4b6;margin:32px 0 16px">
<p style="font-size:16px;margin:0">{{ council }}</p>
{% if stop_link %}<p style="font-size:16px"><a href="{{ stop_link }}">Stop messages like this one</a></p>{% endif %}
</div>
</body>
</html>
"""
