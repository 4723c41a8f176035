"""The only writers of visits, by topic: coming in, being called, being served, officers on duty, experts."""

from moothall.reception.actions.arriving import Arrival, Ticket, arrive, change_visit
from moothall.reception.actions.at_kiosk import arrive_at_kiosk
from moothall.reception.actions.calling import call, call_next, leave, not_there, tell_nearly
from moothall.reception.actions.closing import close_yesterday
from moothall.reception.actions.duty import begin_duty, end_duty
from moothall.reception.actions.experts import answer_ask, ask_expert, stop_asking, take_over
from moothall.reception.actions.forgetting import erase_visits, forget_yesterday
from moothall.reception.actions.serving import end_visit_of, hand_on, interpret, serve
from moothall.reception.errors import NotSo

__all__ = [
    "Arrival",
    "NotSo",
    "Ticket",
    "answer_ask",
    "arrive",
    "arrive_at_kiosk",
    "ask_expert",
    "begin_duty",
    "call",
    "call_next",
    "change_visit",
    "close_yesterday",
    "end_duty",
    "end_visit_of",
    "erase_visits",
    "forget_yesterday",
    "hand_on",
    "interpret",
    "leave",
    "not_there",
    "serve",
    "stop_asking",
    "take_over",
    "tell_nearly",
]
