"""What every console page shares: the list at the side, the clock of a demonstration, errors beside their boxes."""

from __future__ import annotations

import secrets
from typing import Any, Final

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from moothall.core import clock
from moothall.core.actors import Actor
from moothall.interfaces.policy import Request

CONTENTS: Final = (
    ("Council", (
        ("Services", "services", "console.view"),
        ("The nation’s list", "nation", "console.view"),
        ("Promises", "promises", "console.view"),
        ("Message templates", "templates", "console.view"),
        ("Answers and scripts", "knowledge", "console.view"),
        ("Figures in doubt", "doubts", "console.view"),
        ("Versions of the pack", "versions", "console.view"),
    )),
    ("People", (
        ("Staff", "staff", "staff.manage"),
        ("Roles", "roles", "console.view"),
        ("Other systems", "systems", "api.manage"),
    )),
    ("Health", (
        ("Messages in trouble", "trouble", "message.manage"),
        ("Deliveries", "deliveries", "delivery.manage"),
        ("What linking learnt", "linking", "linking.view"),
        ("Quarantine", "quarantine", "quarantine.manage"),
        ("Background work", "jobs", "jobs.manage"),
        ("Searches that found nothing", "unmet", "console.view"),
    )),
    ("Money", (
        ("Payments and refunds", "refunds", "payment.view"),
        ("Reconciliation", "reconciliation", "payment.view"),
        ("Direct Debits", "debits", "payment.view"),
        ("Payment machines", "machines", "payment.view"),
    )),
    ("Privacy", (
        ("Sealed records opened", "sealed", "glass.review"),
        ("Copies of people’s data", "copies", "copy.manage"),
        ("Erase somebody", "erasures", "customer.erase"),
        ("What is due to go", "retention", "retention.manage"),
    )),
    ("Audit", (
        ("Equalities", "equality", "equality.view"),
        ("Who looked at whom", "looks", "audit.view"),
        ("The chain of events", "chain", "audit.view"),
    )),
)  # fmt: skip
"""Headings with their pages: words, name of the address, the permission it takes."""


def draw(request: Request, template: str, *, here: str, status: int = 200, **context: Any) -> HttpResponse:
    """Draw a console page. `here` is the page's name in the list at the side."""
    shared: dict[str, Any] = {
        "groups": contents_for(request.actor, here),
        "moved_clock": clock.now() if settings.MODE != "production" and settings.CLOCK_FILE else None,
        "said": messages.get_messages(request),
        "errors": (),
        "wrong": {},
        "key": secrets.token_urlsafe(16),
    }
    return render(request, f"console/{template}.html", shared | context, status=status)


def contents_for(actor: Actor, here: str) -> list[tuple[str, list[tuple[str, str, bool]]]]:
    """Return the list at the side: only what this actor may open."""
    groups = []
    for heading, items in CONTENTS:
        open_to = [
            (words, reverse(f"console:{name}"), name == here)
            for words, name, permission in items
            if actor.may(permission)
        ]
        if open_to:
            groups.append((heading, open_to))
    return groups
