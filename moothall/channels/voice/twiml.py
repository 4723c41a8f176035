"""A turn as TwiML, and what Twilio posts of a call. Source: Twilio's reference of TwiML and of voice webhooks. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from xml.etree import ElementTree as ET

from moothall.channels.phone.calls import read_number
from moothall.core.lines import one_line
from moothall.intake.talking.turns import Then, Turn

TIMEOUT = 8
FINISHED = frozenset({"completed", "busy", "failed", "no-answer", "canceled"})


def render(turn: Turn, *, action: str, desk: str, voice: str) -> bytes:
    """Return the document that says a turn and listens. ``action`` is where the answer goes (it carries the turn's number),
    ``desk`` the number or SIP address callers are put through to.

    What is said stands inside the gather, so that a key pressed in the middle of it is heard.
    """
    root = ET.Element("Response")
    into = root
    if turn.then is Then.LISTEN:
        hints = ", ".join(choice.label for choice in turn.choices)
        into = ET.SubElement(
            root, "Gather",
            {
                "input": "dtmf speech" if turn.speech else "dtmf", "action": action, "method": "POST",
                "timeout": str(TIMEOUT), "actionOnEmptyResult": "true", "finishOnKey": "#",
                **({"numDigits": str(turn.digits)} if turn.digits else {}),
                **({"language": voice, "speechTimeout": "auto"} if turn.speech else {}),
                **({"hints": hints} if turn.speech and hints else {}),
            },
        )  # fmt: skip
    for say in turn.says:
        if say.recording:
            ET.SubElement(into, "Play").text = say.recording
        else:
            ET.SubElement(into, "Say", {"language": say.language or voice}).text = say.words
    if turn.then is Then.TRANSFER and desk:
        dial = ET.SubElement(root, "Dial")
        ET.SubElement(dial, "Sip" if desk.startswith("sip:") else "Number").text = desk
    if turn.then is not Then.LISTEN:
        ET.SubElement(root, "Hangup")
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True))


def heard(posted: Mapping[str, str]) -> str:
    """Return what was pressed or said. The hash key alone is the answer "#"; silence is nothing."""
    digits = one_line(posted.get("Digits", "")[:80])
    if digits:
        return digits
    if posted.get("FinishedOnKey") == "#":
        return "#"
    return one_line(posted.get("SpeechResult", "")[:2000])


def caller(posted: Mapping[str, str]) -> str:
    """Return the caller's number in international form; empty where it is withheld."""
    number = read_number(posted.get("From", ""))
    return number if number.startswith("+") else ""


def is_over(posted: Mapping[str, str]) -> bool:
    """Say whether this tells of the end of a call."""
    return posted.get("CallStatus", "") in FINISHED
