"""How sure we are who somebody is, as an order, and what a service asks. Pure."""

from __future__ import annotations

from enum import IntEnum


class Proof(IntEnum):
    """Steps of proof, weakest first. A later step includes the ones before."""

    NONE = 0
    CONTACT = 1
    VERIFIED = 2


NEEDS = {"none": Proof.NONE, "contact": Proof.CONTACT, "verified": Proof.VERIFIED}
"""What a service may ask for (its ``proof`` in the pack)."""

WORDS = {
    Proof.NONE: "Not signed in",
    Proof.CONTACT: "Email address or telephone number confirmed",
    Proof.VERIFIED: "Identity proved",
}


def enough(held: Proof, needed: str) -> bool:
    """Say whether what is held is enough for what the service needs."""
    return held >= NEEDS[needed]


def identity_levels(trust: str) -> tuple[str, str]:
    """Return the identity and credential part of a vector of trust: ``P2.Cl.Cm`` → (``P2``, ``Cl.Cm``).

    Vectors of Trust (RFC 8485); the order of the parts means nothing, so ``Cl.Cm.P2`` reads the same. Without a part: "".
    """
    parts = [part for part in trust.split(".") if part]
    identity = next((part for part in parts if part[:1] == "P" and part[1:].isdigit()), "")
    return identity, ".".join(sorted(part for part in parts if part[:1] == "C"))


def trust_covers(given: str, asked: str) -> bool:
    """Say whether a vector of trust that came back is at least the one asked for.

    ``P2`` covers ``P1`` and ``P0``; ``Cl.Cm`` covers ``Cl``. One that is missing covers nothing but ``P0``.
    """
    given_identity, given_credential = identity_levels(given)
    asked_identity, asked_credential = identity_levels(asked)
    strong = int(given_identity[1:] or 0) if given_identity else 0
    wanted = int(asked_identity[1:] or 0) if asked_identity else 0
    held = set(given_credential.split(".")) - {""}
    return strong >= wanted and held >= set(asked_credential.split(".")) - {""}


def masked(kind: str, value: str) -> str:
    """Return an address so that its owner knows it and nobody else learns it: ``m…@example.com``, ``… 456``."""
    if kind == "email":
        name, _, domain = value.partition("@")
        return f"{name[:1]}…@{domain}"
    return f"the number ending {value[-3:]}"
