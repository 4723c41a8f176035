"""What people of the invented borough wrote to the council on social media, for the twin to begin with."""

from __future__ import annotations

from typing import Any, Final

SAID: Final[tuple[dict[str, Any], ...]] = (
    {
        "author": "miss.may", "name": "Miss May",
        "text": "There is graffiti all over the bus shelter on Roundhay Road again. Does anybody clean it?",
    },
    {
        "author": "oakwood.bakes", "name": "Oakwood Bakes", "network": "bluesky",
        "text": "How do we get a bin for food waste for our bakery?",
    },
    {
        "author": "sam.p", "name": "Sam P", "network": "bluesky",
        "text": "Brown bins in our street were left for the second week. It smells.",
    },
    {
        "author": "irfan.m", "name": "Irfan M", "network": "facebook",
        "text": "Is the household waste site on Meanwood Road open on Sundays?",
    },
    {
        "author": "harehills.gran", "name": "Harehills Gran", "network": "mastodon",
        "text": "Thank you to the crew who mended our street lamp so quickly.",
    },
    {
        "author": "new.in.town", "name": "New in town", "private": True,
        "text": "We have just moved in. Who do we tell about council tax?",
    },
)  # fmt: skip
