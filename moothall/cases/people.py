"""What this room knows of a person."""

from moothall.cases.actions.erasing import erase
from moothall.cases.actions.giving import give_case
from moothall.cases.queries.person import export, keeps, made_between, timeline
from moothall.core.people import PersonProvider, register_person_provider

register_person_provider(
    PersonProvider(
        "cases",
        timeline,
        export,
        erase,
        kind="case",
        made_between=made_between,
        give=give_case,
        keeps=keeps,
        rank=50,
    )
)
