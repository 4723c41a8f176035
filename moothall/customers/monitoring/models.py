"""Answers under a pseudonym. No row here has a key, a moment or a word that leads to a person."""

from uuid import uuid4

from django.db import models


class MonitoringAnswer(models.Model):
    """One answer of somebody to one question. ``pseudonym`` is one-way, by a key that is not in the database; ``quarter``
    is all that is kept of when, and the id is by chance alone: ours elsewhere hold the moment. Answering again in the same
    quarter replaces the answer; a later one stands beside it, so that figures that were told do not move."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    pseudonym = models.CharField(max_length=64)
    question = models.CharField(max_length=60)
    answer = models.CharField(max_length=60)
    quarter = models.CharField(max_length=7, help_text="2026-Q1.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pseudonym", "question", "answer", "quarter"], name="monitoring_once"),
        ]
        indexes = [models.Index(fields=["question", "quarter", "answer"], name="monitoring_sums")]
