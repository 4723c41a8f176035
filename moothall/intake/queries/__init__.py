"""The readers of what one screen needs from several rooms: requests under way, the catalogue, tracking."""

from moothall.intake.queries.catalogue import (
    HomePage,
    ServicePage,
    areas_of,
    article,
    home_page,
    names_of,
    open_words,
    places_to_come,
    promise_sentence,
    search_catalogue,
    service_page,
    ways_in,
)
from moothall.intake.queries.dialogues import (
    CheckPage,
    Confirmation,
    DialoguePage,
    bill_of_dialogue,
    check_answers,
    confirmation,
    dialogue_page,
    dialogue_service,
)
from moothall.intake.queries.tracking import TrackPage, prove_case, track_page

__all__ = [
    "CheckPage",
    "Confirmation",
    "DialoguePage",
    "HomePage",
    "ServicePage",
    "TrackPage",
    "areas_of",
    "article",
    "bill_of_dialogue",
    "check_answers",
    "confirmation",
    "dialogue_page",
    "dialogue_service",
    "home_page",
    "names_of",
    "open_words",
    "places_to_come",
    "promise_sentence",
    "prove_case",
    "search_catalogue",
    "service_page",
    "track_page",
    "ways_in",
]
