"""Reading e-mail as it really comes: a corpus, what is made to hurt, and whatever Hypothesis thinks of."""

# ruff: noqa: E501, PT017 - mail is shown as it comes; what is refused must say why

from __future__ import annotations

import base64
import json
import subprocess
import sys
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moothall.channels.email.bodies import decoded, from_html
from moothall.channels.email.parsing import NotMail, read_mail
from tests.channels.hostile_mail import HEAD, HOSTILE, attached, hostile, messages_in_messages
from tests.drawing import examples
from tests.shared_data import shared_data

ROOT = Path(__file__).resolve().parents[2]
HUGE = {
    "fifty_megabytes",
    "fifty_megabytes_of_long_lines",
    "one_endless_line",
    "only_line_ends",
    "many_lines_many_parts",
    "zip_bomb",
}


def corpus() -> list[Path]:
    return sorted(shared_data("email/mikel-mail").glob("*.eml"))


def test_every_message_of_the_corpus_is_read() -> None:
    mails = {path.name: read_mail(path.read_bytes()) for path in corpus()}
    assert len(mails) == 103
    told = {name.partition("__")[2]: mail for name, mail in mails.items()}
    assert told["raw_email_with_nested_attachment.eml"].files[0].name == "truncated.png"
    assert told["attachment_nonascii_filename.eml"].files[0].name == "ciële.txt"
    assert told["japanese_iso_2022.eml"].text == "すみません。"
    assert told["ks_c_5601-1987.eml"].text == "스티해"
    assert told["japanese_shift_jis.eml"].text.startswith("あいうえお")
    assert told["utf8_headers.eml"].sender == "jdöe@mächine.example"
    assert told["multi_address_bounce1.eml"].machine == "bounce"
    assert told["report_422.eml"].reports[0].what == "delayed"
    assert told["report_530.eml"].reports[0].what == "failed"
    assert told["raw_email_with_illegal_boundary.eml"].text.startswith("Hello")
    assert told["content_transfer_encoding_x_uuencode.eml"].text
    assert told["example08.eml"].message_id == "<1234@local.machine.example>"


@pytest.mark.parametrize("name", sorted(set(HOSTILE) - HUGE))
def test_what_is_made_to_hurt_is_read_or_refused_with_a_reason(name: str) -> None:
    try:
        mail = read_mail(hostile(name))
    except NotMail as why:
        assert str(why).endswith(".")
    else:
        assert len(mail.text) <= len(mail.whole) + 1 <= 400_002
        assert "\x00" not in mail.text + mail.subject + mail.sender


MEASURE = """
import json, resource, sys, time
import django
django.setup()
from moothall.channels.email.parsing import NotMail, read_mail
from tests.channels.hostile_mail import hostile
told = {}
for name in sys.argv[1:]:
    raw = hostile(name)
    began = time.process_time()
    try:
        read_mail(raw)
        said = "read"
    except NotMail as why:
        said = str(why)
    told[name] = [said, time.process_time() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024]
print(json.dumps(told))
"""


@pytest.mark.long
def test_what_is_huge_costs_little_memory() -> None:
    """In a process that may have so much and no more: a bomb that were unpacked would kill it."""
    limited = f"import resource; resource.setrlimit(resource.RLIMIT_AS, (2_500_000_000, 2_500_000_000))\n{MEASURE}"
    done = subprocess.run(
        [sys.executable, "-c", limited, *sorted(HUGE)], cwd=ROOT, capture_output=True, text=True, timeout=280, check=False
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    told = json.loads(done.stdout)
    assert told["fifty_megabytes"][0].startswith("It is larger than")
    assert told["only_line_ends"][0].startswith("It has more than")
    assert told["zip_bomb"][0] == "read"


@settings(max_examples=examples(150))
@given(st.binary(max_size=3000))
def test_whatever_bytes_come_they_are_read_or_refused(raw: bytes) -> None:
    for mail in (raw, HEAD + b"\r\n" + raw, HEAD + raw):
        try:
            read_mail(mail)
        except NotMail:
            continue


_KINDS = st.sampled_from(
    ["text/plain", "text/html; charset=utf-16", "multipart/alternative", 'multipart/mixed; boundary="x"', "message/rfc822",
     "message/delivery-status", "multipart/report; report-type=delivery-status; boundary=x", "image/png; name*0*=''a;", "x",
     "text/calendar; method=REQUEST", "application/ms-tnef", "text/plain; charset*=", 'text/plain; charset="=?utf-8?q?x"', ";;;"]
)  # fmt: skip
_LINES = st.sampled_from(
    ["--x", "--x--", "", "From: =?utf-8?b?w6k=?= <a@example.com>", "To: <>, (x", "References: <a@b> <<c@d>", "Content-Type: text/html",
     "Content-Transfer-Encoding: base64", "Content-Disposition: attachment; filename*=utf-8''%ff", "Action: failed", "Status: 5.1.1",
     "=?shift_jis?b?!!!?=", "> quoted", "On 1 March a@b wrote:", "-- ", "\x00", "Received: ()", "Auto-Submitted: auto-replied", "\ud800"]
)  # fmt: skip


@settings(max_examples=examples(300))
@given(_KINDS, st.lists(_LINES, max_size=40))
def test_whatever_is_made_of_the_words_of_mail_is_read_or_refused(kind: str, lines: list[str]) -> None:
    raw = f"Content-Type: {kind}\r\n" + "\r\n".join(lines)
    try:
        read_mail(raw.encode("utf-8", "surrogatepass"))
    except NotMail:
        pass


@given(st.text(alphabet="<>/!-abdivscrptblockquote &;\n\"'=", max_size=600))
def test_whatever_markup_comes_words_come_out(markup: str) -> None:
    assert from_html(markup) == from_html(markup).strip()


@given(
    st.binary(max_size=200),
    st.sampled_from(["", "utf-8", "utf-7", "idna", "hex", "punycode", "klingon", "rot13", "cp037"]),
)
def test_whatever_alphabet_is_named_text_comes_out(raw: bytes, named: str) -> None:
    decoded(raw, named).encode("utf-8")


def test_markup_becomes_the_words_a_reader_sees() -> None:
    page = """<html><head><style>p {}</style><title>x</title></head><body><p>Dear&nbsp;sirs,</p><p>The <b>lamp</b> is
    out.<br>Since Friday.</p><script>alert(1)</script><ul><li>one</li><li>two</li></ul><!-- no -->
    <blockquote>Is it out?</blockquote></body></html>"""
    assert from_html(page) == "Dear sirs,\n\nThe lamp is out.\nSince Friday.\n\none\n\ntwo\n\n> Is it out?"


def test_forwarded_letters_invitations_and_pictures_are_told_apart() -> None:
    mail = read_mail(messages_in_messages(2))
    assert "Forwarded message" in mail.text
    assert "The last word" in mail.whole
    message = EmailMessage()
    message["From"], message["Subject"] = "Rosa <rosa@example.com>", "Meeting"
    message.set_content("See you there")
    message.add_alternative("<p>See you <img src='cid:a'></p>", subtype="html")
    message.get_payload()[1].add_related(b"\x89PNG\r\n\x1a\n", "image", "png", cid="<a>")  # type: ignore[union-attr, index]
    message.add_attachment(
        "BEGIN:VCALENDAR\nMETHOD:REQUEST\nSUMMARY:Site visit\nDTSTART:20260309T140000\nEND:VCALENDAR",
        subtype="calendar",
    )
    mail = read_mail(message.as_bytes())
    assert mail.text == "See you there"
    assert [(one.part, one.name) for one in mail.files] == [("inline", "picture.png"), ("attached", "invitation.ics")]
    assert mail.remarks == ("An invitation came with it: Site visit, 09/03/2026 14:00.",)


def _tnef(properties: bytes = b"") -> bytes:
    """A file packed as Outlook does, by hand: one attachment and a body."""

    def block(level: int, name: int, kind: int, data: bytes) -> bytes:
        checksum = sum(data) & 0xFFFF
        return bytes([level]) + name.to_bytes(2, "little") + kind.to_bytes(2, "little") + len(data).to_bytes(4, "little") + (
            data + checksum.to_bytes(2, "little")
        )  # fmt: skip

    packed = b"\x78\x9f\x3e\x22\x01\x00"
    packed += block(1, 0x9006, 0x0008, (0x00010000).to_bytes(4, "little"))
    packed += block(1, 0x800C, 0x0002, b"The lamp is out\x00")
    packed += block(1, 0x9003, 0x0006, properties) if properties else b""
    packed += block(2, 0x9002, 0x0006, b"\x01\x00" + b"\xff" * 4 + b"\x00" * 8)
    packed += block(2, 0x8010, 0x0001, b"lamp.txt\x00")
    return packed + block(2, 0x800F, 0x0006, b"a lamp")


def outlook_with_a_zero_inside() -> bytes:
    """Words as Outlook keeps them in its properties (PR_BODY, UTF-16), with a zero in their middle, and no plain part."""
    words = "The lamp\x00 is out\x00".encode("utf-16-le")
    held = b"\x01\0\0\0" + b"\x1f\x00\x00\x10" + b"\x01\0\0\0" + len(words).to_bytes(4, "little") + words
    coded = base64.encodebytes(_tnef(held + b"\0" * (-len(words) % 4)))
    return (
        HEAD
        + b'Content-Type: application/ms-tnef; name="winmail.dat"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
        + coded
    )


def test_a_zero_in_what_outlook_packed_is_left_out() -> None:
    assert read_mail(outlook_with_a_zero_inside()).text == "The lamp is out"


def test_what_outlook_packed_is_opened() -> None:
    mail = read_mail(attached("winmail.dat", _tnef(), "application/ms-tnef"))
    assert [(one.name, one.content) for one in mail.files] == [("lamp.txt", b"a lamp")]


@pytest.mark.parametrize(
    ("lines", "machine"),
    [
        ("Auto-Submitted: auto-replied", "auto_reply"), ("Auto-Submitted: no", ""), ("X-Autoreply: yes", "auto_reply"),
        ("Subject: Automatic reply: On leave", "auto_reply"), ("Subject: Out of office hours noise", ""),
        ("Subject: Undeliverable goods at the tip", ""), ("Return-Path: <>\r\nSubject: Undeliverable: Hi", "bounce"),
        ("X-Spam: Yes", "spam"), ("X-MS-Exchange-Organization-SCL: 6", "spam"), ("X-MS-Exchange-Organization-SCL: 1", ""),
        ("X-MS-Exchange-Organization-SCL: -1", ""), ("List-Id: <a.example.com>", "list"), ("Precedence: bulk", "list"), ("X-Spam-Flag: YES", "spam"), ("X-Spam-Flag: NO", ""),
        ("Auto-Submitted: auto-generated", "notice"), ("X-Loop: hello@leeds.example.org", "loop"),
        ("\r\n".join(f"Received: from {n}" for n in range(41)), "loop"), ("Received: one", ""),
    ],
)  # fmt: skip
def test_a_machine_is_known_by_what_machines_say_of_themselves(lines: str, machine: str) -> None:
    mail = read_mail(
        f"{lines}\r\nFrom: pat@example.com\r\n\r\nHello\r\n".encode(), own=frozenset({"hello@leeds.example.org"})
    )
    assert mail.machine == machine


def test_only_a_server_we_believe_says_who_sent_it() -> None:
    forged = b"Authentication-Results: mx.evil.example; dmarc=pass\r\n"
    ours = b"Authentication-Results: mx.leeds.example.org; spf=pass (x) smtp.mailfrom=a; dkim=fail; dkim=pass; dmarc=fail (p=none)\r\n"
    assert read_mail(forged + HEAD + b"\r\nHi", believed=["mx.leeds.example.org"]).verdicts == {}
    assert read_mail(ours + HEAD + b"\r\nHi").verdicts == {}
    read = read_mail(ours + forged + HEAD + b"\r\nHi", believed=["mx.leeds.example.org"])
    assert read.verdicts == {"spf": "pass", "dkim": "pass", "dmarc": "fail", "by": "mx.leeds.example.org"}
    assert read.quiet


def test_one_server_may_write_what_it_found_in_several_lines_and_nothing_below_the_next_station_counts() -> None:
    dmarc = b"Authentication-Results: mx.leeds.example.org; dmarc=fail (p=none) header.from=example.com\r\n"
    dkim = b"Authentication-Results: mx.leeds.example.org;\r\n\tdkim=fail; dkim=pass\r\n"
    spf = b"Authentication-Results: mx.leeds.example.org; spf=pass\r\n"
    received = b"Received: from mail.example.com by mx.leeds.example.org\r\n"
    believed = ["mx.leeds.example.org"]
    for top in (dkim + dmarc + received, dmarc + dkim + received, received + dkim + dmarc + b"Received: from x\r\n"):
        read = read_mail(top + spf + HEAD + b"\r\nHi", believed=believed)
        assert read.verdicts == {"dkim": "pass", "dmarc": "fail", "by": "mx.leeds.example.org"}
        assert read.quiet
    forged = spf.replace(b"mx.leeds", b"mx.evil") + spf
    assert read_mail(dkim + forged + HEAD + b"\r\nHi", believed=believed).verdicts.keys() == {"dkim", "by"}


def test_the_same_mail_by_another_way_has_the_same_digest_and_other_words_another() -> None:
    one = read_mail(b"Received: a\r\n" + HEAD + b"Message-ID: <1@x>\r\n\r\nHi\r\n")
    two = read_mail(b"Received: b\r\nDelivered-To: x@y\r\n" + HEAD + b"Message-ID: <1@x>\r\n\r\nHi\n\n")
    three = read_mail(HEAD + b"Message-ID: <1@x>\r\n\r\nSend money\r\n")
    assert one.digest == two.digest != three.digest


def test_more_headers_than_any_mail_has_are_refused_with_the_reason() -> None:
    filler = b"X-Filler: a\r\n"
    assert read_mail(HEAD + filler * 1_996 + b"\r\nWords\r\n").text == "Words"
    with pytest.raises(NotMail, match="more than 2,000 headers"):
        read_mail(HEAD + filler * 1_997 + b"\r\nWords\r\n")
