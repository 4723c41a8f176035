"""The dialogue on paper: what boxes a question has, and what ticks and words in them answer. Pure."""

from moothall.intake.paper.answers import Found, Mark, given_of
from moothall.intake.paper.boxes import Box, asked_on_paper, boxes_of, most_on_paper
from moothall.intake.paper.conditions import only_if

__all__ = ["Box", "Found", "Mark", "asked_on_paper", "boxes_of", "given_of", "most_on_paper", "only_if"]
