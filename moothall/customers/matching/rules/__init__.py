"""Pure rules of matching: standardising, comparing, scoring, deciding. No database, no clock."""

from moothall.customers.matching.rules.deciding import Decision, Kind, decision, signs_of
from moothall.customers.matching.rules.keys import keys_of
from moothall.customers.matching.rules.person import Person, standardise
from moothall.customers.matching.rules.scoring import Model, Part, Score, read_model, score, starting_model

__all__ = [
    "Decision",
    "Kind",
    "Model",
    "Part",
    "Person",
    "Score",
    "decision",
    "keys_of",
    "read_model",
    "score",
    "signs_of",
    "standardise",
    "starting_model",
]
