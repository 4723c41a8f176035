"""Messages of a pack: what `pack check` tells of them, and that every one of ours can be filled in."""

from pathlib import Path

import pytest

from moothall.channels.pack import USUAL
from moothall.channels.sms.text import measure, plainer
from moothall.core.packs import PackErrors, load_pack
from moothall.notifications.pack import MESSAGES
from moothall.notifications.wording import NAMES, escape_markdown, fill, fill_markdown, names_of


@pytest.fixture(scope="module")
def pack():
    return load_pack("leeds")


@pytest.mark.parametrize(
    ("front", "body", "told"),
    [
        ("channels: [email]\nsubject: Hello", "Your {{ refrence }}", "refrence"),
        ("channels: [email]\nsubject: Hello", "Your {{ reference", "braces"),
        ("channels: [email]", "Words", "needs a `subject`"),
        ("channels: [sms]", "Words", "needs `sms`"),
        ("channels: [sms]\nsms: We’ll tell Paweł", "", "doubles the cost"),
        ("channels: [sms]\nsms: " + "word " * 120, "", "is sent as 4 messages"),
        ("channels: [carrier-pigeon]", "Words", "channels"),
        ("channels: [email]\nsubject: " + "long " * 30, "Words", "longer than 120"),
    ],
)
def test_what_is_wrong_with_a_message_is_told_with_its_place(tmp_path: Path, front: str, body: str, told: str):
    folder = tmp_path / "small"
    (folder / "messages").mkdir(parents=True)
    (folder / "council.yaml").write_text("name: Small Council\n")
    (folder / "messages" / "case-opened.md").write_text(f"---\nabout: A test.\n{front}\n---\n{body}\n")
    with pytest.raises(PackErrors) as wrong:
        load_pack("small", root=tmp_path)
    assert told in str(wrong.value)
    assert "small/messages/case-opened.md" in str(wrong.value)


def test_every_message_of_ours_can_be_filled_in_with_much_and_with_little(pack):
    templates = pack.of(MESSAGES)
    assert set(NAMES) <= set(templates)
    for code, template in templates.items():
        names = names_of(code)
        for values in ({name: USUAL.get(name, "words") for name in names}, dict.fromkeys(names, "")):
            said = [fill(template.subject, values), fill(template.sms, values), fill_markdown(template.body, values)]
            assert not any("{" in words or "\n\n\n" in words or "  " in words for words in said), code
        if template.sms:
            usual = fill(template.sms, {name: USUAL.get(name, "") for name in names})
            assert measure(plainer(usual)).segments <= 3, code


def test_our_messages_speak_plainly(pack):
    stiff = (
        "please note",
        "successfully",
        "submitted",
        "hereby",
        "in due course",
        "kindly",
        "do not hesitate",
        "invalid",
    )
    for code, template in pack.of(MESSAGES).items():
        words = f"{template.subject} {template.sms} {template.body}".lower()
        assert not [phrase for phrase in stiff if phrase in words], code


def test_what_is_filled_in_stays_words():
    assert escape_markdown("[here](http://bad.example)") == r"\[here\]\(http\:\/\/bad\.example\)"
    filled = fill_markdown("Note: {{ note }}", {"note": "1. a\n\n# b\n    code\n<b>"})
    assert filled == "Note: 1\\. a\n\n\\# b\\\ncode\\\n\\<b\\>"
    assert fill("{{ note }}", {"note": "two\nlines"}) == "two lines"
    times = {"times": ["Thursday, 9am", "<b>Friday</b>"]}
    listed = fill_markdown("{% for time in times %}- {{ time }}\n{% endfor %}", times)
    assert listed == "- Thursday\\, 9am\n- \\<b\\>Friday\\<\\/b\\>", "each of a list is a line, not each of its letters"
    assert fill("{% for time in times %}{{ time }}; {% endfor %}", times) == "Thursday, 9am; <b>Friday</b>;"
