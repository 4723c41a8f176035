"""The twin's own page: write to the council as anybody, and read what it answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

_STYLE = (
    "body{font:1rem/1.5 sans-serif;max-width:44rem;margin:2rem auto;padding:0 1rem;color:#16202a}"
    "label{display:block;margin:.6rem 0 .2rem}input,select,textarea,button{font:inherit;padding:.5rem;max-width:100%;"
    "box-sizing:border-box}textarea{width:100%}button{margin:.8rem 0}article{border-top:1px solid #999;padding:.6rem 0}"
    ".ours{border-left:4px solid #1d5a8a;padding-left:.8rem}small{color:#55606b}"
)


def page(posts: Sequence[dict[str, Any]]) -> str:
    """Return the page: a form, then what was written, newest first."""
    authors = {one["number"]: one["author"] for one in posts}
    shown = "".join(_post(one, authors) for one in reversed(posts[-60:]))
    return (
        "<!doctype html><html lang=en-GB><meta charset=utf-8><meta name=viewport content='width=device-width'>"
        f"<title>Social media (demonstration)</title><style>{_STYLE}</style><h1>Social media</h1>"
        "<p>Write to the council as anybody. It reads each minute; its answers appear here.</p>"
        f"{_form('', 0, 'mastodon')}<h2>What was written</h2>{shown or '<p>Nothing yet.</p>'}"
    )


def _form(author: str, answers: int, network: str) -> str:
    options = "".join(
        f"<option value={code}{' selected' if code == network else ''}>{name}</option>"
        for code, name in (("mastodon", "Mastodon"), ("bluesky", "Bluesky"), ("facebook", "Facebook"))
    )
    n = answers or ""
    return (
        f"<form method=post action=/><input type=hidden name=answers value='{n}'>"
        f"<label for=network{n}>Network</label><select id=network{n} name=network>{options}</select>"
        f"<label for=author{n}>Your handle</label>"
        f"<input id=author{n} name=author value='{escape(author)}' required maxlength=40>"
        f"<label for=text{n}>What do you say?</label><textarea id=text{n} name=text rows=3 maxlength=480 required></textarea>"
        f"<label><input type=checkbox name=private value=yes{' checked' if answers else ''}> As a direct message</label>"
        "<label><input type=checkbox name=picture value=yes> With a photo of a hole in the road</label>"
        "<button>Send to the council</button></form>"
    )


def _post(one: dict[str, Any], authors: Mapping[int, str]) -> str:
    who = "The council" if one["ours"] else f"{one['name']} (@{one['author']})"
    seen = "direct message" if one["private"] else "everyone can read it"
    answer = ""
    if one["ours"]:
        whom = one.get("talk") or authors.get(one["answers"], "")
        answer = f"<details><summary>Answer</summary>{_form(whom, one['number'], one['network'])}</details>"
    when = escape(one["at"][:16].replace("T", " "))
    words = "<br>".join(escape(line) for line in one["text"].split("\n"))
    return (
        f"<article{' class=ours' if one['ours'] else ''}><strong>{escape(who)}</strong> "
        f"<small>{escape(one['network'])}, {seen}, {when}</small><p>{words}</p>{answer}</article>"
    )
