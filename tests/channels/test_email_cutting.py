"""What is new in a reply: measured on bodies that people really sent, and on our own for what those do not have."""

# ruff: noqa: E501 - bodies are shown as they come

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moothall.channels.email import cutting
from moothall.channels.email.cutting import cut
from tests.shared_data import shared_data

BODIES = {
    "correct_sig": ("this is an email with a correct -- signature.", "this is an email with a correct -- signature."),
    "email_1_1": ("Hi folks", "I am currently using the Java HTTP API."),
    "email_1_2": ("Hi,", 'you’ll need to delete them all individually."'),
    "email_1_3": ("Oh thanks.", "Having the function would be great."),
    "email_1_4": ("Awesome!", "I haven't had another problem with it."),
    "email_1_5": ("One: Here's what I've got.", "for a while."),
    "email_1_6": ("I get proper rendering as well.", "I get proper rendering as well."),
    "email_1_7": (":+1:", ":+1:"),
    "email_1_8": ("On Tue, Apr 29, 2014", "and under this."),
    "email_2_1": ("Outlook with a reply", "Outlook with a reply"),
    "email_2_2": ("Outlook with a reply", "directly above line"),
    "email_2_3": ("Outlook with a reply", "directly above line"),
    "email_BlackBerry": ("Here is another email", "Here is another email"),
    "email_bullets": ("test 2", "- and another"),
    "email_iPhone": ("Here is another email", "Here is another email"),
    "email_multi_word_sent_from_my_mobile_device": ("Here is another email", "Here is another email"),
    "email_one_is_not_on": ("Thank, this is really helpful.", "Locally (on development), when I run..."),
    "email_sent_from_my_not_signature": ("Here is another email", "easier then my mobile phone."),
    "email_sig_delimiter_in_middle_of_line": ("Hi there!", "kthxbai"),
    "greedy_on": ("On your remote host you can run:", "the\ntunnel is not working."),
}
"""How what is kept begins and ends, as whoever reads the body would cut it."""


@pytest.mark.parametrize("name", sorted(BODIES))
def test_a_real_body_is_cut_where_a_reader_would(name: str) -> None:
    whole = shared_data(f"email/github-reply-parser/{name}.txt").read_text(encoding="utf-8")
    begins, ends = BODIES[name]
    kept = cut(whole.replace("\r\n", "\n"))
    assert kept.startswith(begins)
    assert kept.endswith(ends.replace("the\ntunnel", "the\ntunnel")) or kept.split()[-4:] == ends.split()[-4:]


@pytest.mark.parametrize("name", ["pathological", "email_long_quote"])
def test_what_is_made_to_be_slow_is_read_in_one_pass(name: str) -> None:
    whole = shared_data(f"email/github-reply-parser/{name}.txt").read_text(encoding="utf-8")
    assert 0 < len(cut(whole)) <= len(whole)


@pytest.mark.parametrize(
    ("whole", "kept"),
    [
        ("The lamp is out.\n\nKind regards\nRosa Marsh\n12 Mill Lane", "The lamp is out."),
        ("It is out again.\n\nThis email is confidential and intended solely for the addressee.\nMarsh Ltd", "It is out again."),
        ("Danke.\n\nAm 3. März 2026 um 09:12 schrieb Leeds <a@example.org>:\n> Wir haben es.", "Danke."),
        ("Merci\n\nLe lun. 2 mars 2026 à 09:00, Leeds <a@example.org> a écrit :\n\n> Bonjour", "Merci"),
        ("Yes\n\n-----Original Message-----\nFrom: Leeds\nSent: Monday\nTo: me\nSubject: x\n\nIs it out?", "Yes"),
        ("> Is it out?\nYes, since Friday.", "> Is it out?\nYes, since Friday."),
        ("> Is it out?", "> Is it out?"),
        ("-- \nRosa", "-- \nRosa"),
        ("Thanks,\nwhere is my bin?", "Thanks,\nwhere is my bin?"),
        ("Thank you\n\nOn Friday I wrote\nto you about the lamp.", "Thank you\n\nOn Friday I wrote\nto you about the lamp."),
        ("", ""),
    ],
)  # fmt: skip
def test_signatures_disclaimers_and_quotes_of_our_own(whole: str, kept: str) -> None:
    assert cut(whole) == kept.strip() or cut(whole) == kept


@given(st.text(max_size=3000), st.text(alphabet=">- \n_:=wroteOnFm", max_size=500))
def test_whatever_comes_something_is_left_of_it(one: str, two: str) -> None:
    kept = cut(one + "\n" + two)
    assert bool(kept.strip()) == bool((one + two).strip())


@pytest.mark.parametrize("lines", [50, 4_000])
def test_a_line_written_a_thousand_times_is_looked_at_once(lines: int, monkeypatch: pytest.MonkeyPatch) -> None:
    looked = []
    whole = cutting._answered_below
    monkeypatch.setattr(cutting, "_answered_below", lambda lines: looked.append(len(lines)) or whole(lines))
    text = "\n".join(["On 1 Jan Pat wrote:"] * lines + ["> Is it mended?", "It is not."])
    assert cut(text) == text
    assert looked == [lines + 2]


class Counted(str):
    """A line that counts how often it is looked at."""

    looks = 0

    def strip(self, chars: str | None = None, /) -> str:
        Counted.looks += 1
        return super().strip(chars)


def test_whether_somebody_wrote_on_below_is_found_in_one_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = ["Words", "> one", "", "> two", "No.", "> three", "--", "Pat"]
    assert cutting._answered_below(lines) == [True, True, True, True, False, False, False, False, False]
    monkeypatch.setattr(Counted, "looks", 0)
    cutting._answered_below([Counted(f"Line {n}") for n in range(1_000)])
    assert Counted.looks == 1_000
