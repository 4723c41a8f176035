"""What the pack says of accounts: how long codes last, and what proves who someone is at a desk."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import Field

from moothall.core.packs import Pack, PackModel, Problem, register_check, register_single
from moothall.core.packs.sections import Code, Text


class Evidence(PackModel):
    """Something a person shows at the desk. ``picture``: her photograph is on it; ``address``: it shows where she lives."""

    code: Code
    name: Text
    picture: bool = False
    address: bool = False


class Accounts(PackModel):
    """How accounts work here: codes sent by message, and proof of identity in person."""

    code_minutes: int = Field(10, ge=2, le=60)
    codes_an_hour: int = Field(5, ge=1, le=20, description="Codes sent to one address or number in an hour.")
    tries: int = Field(5, ge=3, le=10, description="Wrong tries at one code before it is void.")
    evidence: tuple[Evidence, ...] = ()
    needs_pieces: int = Field(2, ge=1, le=3, description="How many different things must be seen at the desk.")
    needs_picture: bool = Field(True, description="One of them must carry a photograph.")

    def evidence_of(self, code: str) -> Evidence | None:
        """Return a kind of evidence by code, or nothing."""
        return next((one for one in self.evidence if one.code == code), None)


ACCOUNTS = register_single("accounts", Accounts)


def _check(pack: Pack) -> Iterator[Problem]:
    held = pack.one(ACCOUNTS)
    if held.evidence and len(held.evidence) < held.needs_pieces:
        yield pack.problem("asks for more pieces of evidence than it names", "accounts", "needs_pieces")
    if held.evidence and held.needs_picture and not any(one.picture for one in held.evidence):
        yield pack.problem("asks for a photograph, and no evidence carries one", "accounts", "evidence")


register_check("accounts", _check)
