"""What this room knows of a person."""

from moothall.cases.actions.erasing import erase
from moothall.cases.queries.person import export, timeline
from moothall.core.people import PersonProvider, register_person_provider

register_person_provider(PersonProvider("cases", timeline, export, erase))
