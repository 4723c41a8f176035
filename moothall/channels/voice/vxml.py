"""A turn as VoiceXML 2.1 (W3C Recommendation, 2007), for any telephone system that fetches its pages. Pure.

Keys come by an inline SRGS grammar of the mode ``dtmf``; choices are spoken too, by a grammar of their words, where the
system has a recogniser. Each page submits its answer to the next, with the number of its turn.
"""

from __future__ import annotations

from collections.abc import Mapping
from xml.etree import ElementTree as ET

from moothall.core.lines import one_line
from moothall.intake.talking.turns import Say, Then, Turn

VXML = "http://www.w3.org/2001/vxml"
SRGS = "http://www.w3.org/2001/06/grammar"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
MOST_KEYS = 20


NOTHING = (
    f'<?xml version="1.0" encoding="UTF-8"?><vxml xmlns="{VXML}" version="2.1"><form><block/></form></vxml>'.encode()
)
"""A page on which nothing is said: the answer to a call that is over."""


def render(turn: Turn, *, action: str, over: str, desk: str, voice: str) -> bytes:
    """Return the page of a turn. ``action`` takes the answer as ``words``; ``desk`` is a tel: or sip: address.

    When the caller hangs up in the middle the system itself says so, at ``over``.
    """
    ET.register_namespace("", VXML)
    root = ET.Element(f"{{{VXML}}}vxml", {"version": "2.1", LANG: voice})
    for name, value in (("inputmodes", "dtmf voice" if turn.speech else "dtmf"), ("termchar", "#"), ("timeout", "8s")):
        _part(root, "property", name=name, value=value)
    if turn.then is Then.LISTEN:
        _part(_part(root, "catch", event="connection.disconnect.hangup"), "submit", next=over, method="post")
    form = _part(root, "form", id="turn")
    if turn.then is not Then.LISTEN:
        _end(form, turn, desk)
        return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True))
    field = _part(form, "field", name="words")
    _say(_part(field, "prompt", bargein="true"), turn.says)
    _grammar(field, turn, voice)
    silent = _part(field, "noinput")
    _part(silent, "assign", name="words", expr="''")
    _submit(silent, action)
    strange = _part(field, "nomatch")
    _part(strange, "assign", name="words", expr="lastresult$[0].utterance")
    _submit(strange, action)
    _submit(_part(field, "filled"), action)
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True))


def heard(sent: Mapping[str, str]) -> str:
    """Return what was pressed or said: keys may come with spaces between them, and the hash key by itself as ``#``."""
    words = one_line(sent.get("words", "")[:2000])
    if words == "undefined":
        return ""
    bare = words.replace(" ", "")
    return bare if bare and all(character in "0123456789*#" for character in bare) else words


def _part(parent: ET.Element, tag: str, /, **attributes: str) -> ET.Element:
    return ET.SubElement(parent, f"{{{VXML}}}{tag}", attributes)


def _say(prompt: ET.Element, says: tuple[Say, ...]) -> None:
    """Each sentence, with its language where it is not the page's."""
    for say in says:
        if say.recording:
            _part(prompt, "audio", src=say.recording).text = say.words
        else:
            spoken = {LANG: say.language} if say.language else {}
            ET.SubElement(prompt, f"{{{VXML}}}s", spoken).text = say.words


def _submit(parent: ET.Element, action: str) -> None:
    _part(parent, "submit", next=action, namelist="words", method="post")


def _grammar(field: ET.Element, turn: Turn, voice: str) -> None:
    """Keys: exactly so many, or up to twenty; the hash key alone is an answer too."""
    keys = ET.SubElement(
        field, f"{{{SRGS}}}grammar", {"mode": "dtmf", "version": "1.0", "root": "keys", "type": "application/srgs+xml"}
    )
    one = ET.SubElement(keys, f"{{{SRGS}}}rule", {"id": "key"})
    every = ET.SubElement(one, f"{{{SRGS}}}one-of")
    for key in "0123456789*":
        ET.SubElement(every, f"{{{SRGS}}}item").text = key
    rule = ET.SubElement(keys, f"{{{SRGS}}}rule", {"id": "keys", "scope": "public"})
    either = ET.SubElement(rule, f"{{{SRGS}}}one-of")
    many = ET.SubElement(either, f"{{{SRGS}}}item", {"repeat": str(turn.digits) if turn.digits else f"1-{MOST_KEYS}"})
    ET.SubElement(many, f"{{{SRGS}}}ruleref", {"uri": "#key"})
    ET.SubElement(either, f"{{{SRGS}}}item").text = "#"
    if turn.speech and turn.choices:
        said = ET.SubElement(
            field, f"{{{SRGS}}}grammar",
            {"mode": "voice", "version": "1.0", "root": "said", LANG: voice},
        )  # fmt: skip
        choice = ET.SubElement(
            ET.SubElement(said, f"{{{SRGS}}}rule", {"id": "said", "scope": "public"}), f"{{{SRGS}}}one-of"
        )
        for one_ in turn.choices:
            ET.SubElement(choice, f"{{{SRGS}}}item").text = one_.label


def _end(form: ET.Element, turn: Turn, desk: str) -> None:
    if turn.then is Then.TRANSFER and desk:
        transfer = _part(form, "transfer", name="adviser", dest=desk if ":" in desk else f"tel:{desk}", type="blind")
        _say(_part(transfer, "prompt"), turn.says)
        return
    block = _part(form, "block")
    _say(_part(block, "prompt"), turn.says)
    _part(block, "disconnect")
