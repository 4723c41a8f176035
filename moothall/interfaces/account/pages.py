"""What the account's pages show, in words."""

from __future__ import annotations

from dataclasses import dataclass, field

from moothall.interfaces.site.pages import NoticeView
from moothall.interfaces.ui.fields import FieldView


@dataclass(frozen=True, slots=True)
class FormPage:
    """A page with one small form. `links` are other ways on (words, address); `secret` asks for a password in a box of its
    own (label, name of the form's field, what the browser may fill in)."""

    title: str
    button: str
    lead: str = ""
    fields: tuple[FieldView, ...] = ()
    secret: tuple[str, str, str] | None = None
    secret_error: str = ""
    hidden: tuple[tuple[str, str], ...] = ()
    links: tuple[tuple[str, str], ...] = ()
    notices: tuple[NoticeView, ...] = ()
    back: str = ""
    again: tuple[str, str] | None = None
    action: str = ""

    @property
    def errors(self) -> tuple[FieldView, ...]:
        """The fields with something wrong."""
        wrong = tuple(one for one in self.fields if one.error)
        if self.secret and self.secret_error:
            wrong += (FieldView(self.secret[1], "text", self.secret[0], error=self.secret_error),)
        return wrong


@dataclass(frozen=True, slots=True)
class Row:
    """One thing in a list: what, beside it, where it leads, what can be done to it (words, name, value), and a
    second way on (words, address)."""

    title: str
    text: str = ""
    link: str = ""
    state: str = ""
    act: tuple[str, str, str] | None = None
    more: tuple[str, str] | None = None
    rows: tuple[tuple[str, str], ...] = field(default=())
