"""Who belongs to whom in the invented borough, and what is due to go: organisations with their people, households, retention.

Seeded: the same borough gets the same. Nothing here touches a published figure.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Final

from moothall.core import clock
from moothall.core.actors import SYSTEM
from moothall.core.zone import council_date
from moothall.customers.actions import add_warning, create_customer, end_warning
from moothall.customers.linking.actions.households import tie_households
from moothall.customers.privacy.actions.keeping import continue_run, hold_person
from moothall.customers.representation.actions import act_for_organisation
from moothall.interfaces.cli.demo.borough import Person

FIRMS: Final = (
    (
        "Bakery Ltd",
        (("Owner", "works-for", "companies-register"), ("Shop manager", "works-for", "organisation-letter")),
    ),
    (
        "Motors Ltd",
        (("Office manager", "works-for", "work-email"), ("Accountant", "business-agent", "organisation-letter")),
    ),
    ("Community Centre", (("Caretaker", "works-for", "organisation-letter"), ("Treasurer", "works-for", "work-email"))),
)
"""What they are called after a street, and who acts for them: role, kind, what showed it."""
WARNED_DAYS_AGO: Final = (420, 400, 380, 350, 330)
"""When warnings that are over ended: three are due, one of them on hold, the others go within weeks."""
GROWN: Final = 25


def bring(people: Sequence[Person], *, at: datetime, seed: int) -> dict[str, int]:
    """Bring it in at a moment. The same seed, people and moment give the same."""
    rng = Random(f"belonging:{seed}")
    grown = [one for one in people if one.age >= GROWN]
    if len(grown) < len(FIRMS) * 2 + len(WARNED_DAYS_AGO):
        return {}
    chosen = rng.sample(grown, len(FIRMS) * 2 + len(WARNED_DAYS_AGO))
    for (kind, roles), first, second in zip(FIRMS, chosen[0:6:2], chosen[1:6:2], strict=True):
        _firm(kind, roles, first, second, at)
    for days, person in zip(WARNED_DAYS_AGO, chosen[6:], strict=True):
        ended = at - timedelta(days=days)
        given = add_warning(customer_id=person.id, code="telephone-only", note="Shouted at a visitor.", by=SYSTEM,
                            at=ended - timedelta(days=90))  # fmt: skip
        end_warning(warning_id=given.id, by=SYSTEM, at=ended)
    hold_person(chosen[6].id, reason="complaint", note="Their complaint of the spring is with the Ombudsman.", review_on=None,
                by=SYSTEM, at=at)  # fmt: skip
    now = clock.now()  # later than a night that the worker began by itself: this one's sums are shown
    while continue_run(at=now):
        pass
    tied = tie_households(by=SYSTEM, at=at)
    return {"organisations": len(FIRMS), "household_ties": tied.made}


def _firm(kind: str, roles: Sequence[tuple[str, str, str]], first: Person, second: Person, at: datetime) -> None:
    firm = create_customer(
        organisation_name=f"{first.home.street or first.family} {kind}",
        address_text=f"{first.home.address}, {first.home.postcode}",
        area_code=first.home.area_code,
        by=SYSTEM,
        at=at - timedelta(days=200),
    )
    for (role, how, shown), person in zip(roles, (first, second), strict=True):
        act_for_organisation(
            person_id=person.id, organisation_id=firm.id, role=role, kind=how, evidence=shown,
            since=council_date(at - timedelta(days=190)), by=SYSTEM, at=at - timedelta(days=190),
        )  # fmt: skip
