"""Each public service is reached on each of the three lines of a telephone, and begins there or says where it can be had."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from moothall.core.packs import Pack
from moothall.intake.models import Dialogue
from moothall.intake.pack import by_voice
from moothall.services.pack import Service
from tests.intake.talking.test_found_by_letters import told_of
from tests.telephones import LINES, SITE, key_for


def asks_for(service: Service) -> Callable[[str], str | None]:
    """Anything else; its letters; on through what is read out until it is named; its key; then hang up."""
    done: list[str] = []

    def answers(heard: str) -> str | None:
        heard = plain(heard)
        if not done:
            done.append("7")
        elif len(done) == 1:
            done.append(f"{told_of(service)}#")
        elif f"{plain(service.name)}, press" in heard:
            done.append(key_for(plain(service.name), heard))
        else:
            if "For more, press 7" not in heard:
                return None
            done.append("7")
        return done[-1]

    return answers


def plain(heard: str) -> str:
    """What Asterisk is told has dashes for commas."""
    return " ".join(heard.replace(" -", ",").replace(",", " ,").split()).replace(" ,", ",")


@pytest.mark.long
@pytest.mark.row("A3")
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("line", LINES)
def test_every_public_service_has_a_path_on_this_line(line: Any, council: Pack, clock: Any, settings: Any) -> None:
    settings.TWILIO_TOKEN, settings.VOICE_KEY, settings.PUBLIC_URL = "twilio-key", "vxml-key", SITE
    for number, service in enumerate(by_voice(council)):
        clock.advance(seconds=30)
        heard = plain(line(f"CALL.{number}").ring(asks_for(service))[-1])
        use = service.channel("voice")
        if use.level == "no":
            assert plain(str(use.because)) in heard, service.code
        else:
            (row,) = Dialogue.objects.filter(service=service.code)
            assert row.started_at == clock.now()
            assert heard.startswith(f"{plain(service.name)}."), service.code
