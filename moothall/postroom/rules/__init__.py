"""What a read letter says of its sender and case, and how far that can be trusted. Pure."""

from moothall.postroom.rules.clues import Clues, clues_in
from moothall.postroom.rules.judging import judge, weigh
from moothall.postroom.rules.shapes import Case, Evidence, Judgement, Person

__all__ = ["Case", "Clues", "Evidence", "Judgement", "Person", "clues_in", "judge", "weigh"]
