"""Reads the process environment: typed, explained, and with every problem told at once."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from django.core.exceptions import ImproperlyConfigured

T = TypeVar("T")

_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off", ""}


@dataclass(frozen=True)
class Variable:
    """One environment variable as an administrator sees it."""

    name: str
    kind: str
    default: str
    meaning: str


@dataclass(frozen=True)
class _Read(Generic[T]):
    value: T
    given: bool


class Env:
    """A reader over one mapping of variables; remembers what was asked and what was wrong.

    Ill-typed or missing variables do not stop at the first: `complain()` raises one
    ``ImproperlyConfigured`` that names each, what it should be and what was found.
    """

    def __init__(self, source: Mapping[str, str] | None = None) -> None:
        self.source: Mapping[str, str] = os.environ if source is None else source
        self.variables: dict[str, Variable] = {}
        self.problems: list[str] = []

    def text(
        self, name: str, meaning: str, *, default: str = "", required: bool = False, shown: str | None = None
    ) -> str:
        """The variable as it stands, with spaces cut from both ends."""
        self._note(name, "text", default if shown is None else shown, meaning)
        raw = self.source.get(name, "").strip()
        if raw:
            return raw
        if required:
            self.problem(name, f"is not set. It is {meaning[:1].lower()}{meaning[1:]}")
        return default

    def flag(self, name: str, meaning: str, *, default: bool = False, shown: str | None = None) -> bool:
        """A yes or no; accepts 1/0, true/false, yes/no, on/off."""
        self._note(name, "yes or no", shown or ("yes" if default else "no"), meaning)
        raw = self.source.get(name)
        if raw is None:
            return default
        low = raw.strip().lower()
        if low in _TRUE:
            return True
        if low not in _FALSE:
            self.problem(name, f"should be yes or no, and is {raw!r}.")
        return False

    def number(
        self,
        name: str,
        meaning: str,
        *,
        default: int,
        least: int = 0,
        most: int | None = None,
        shown: str | None = None,
    ) -> int:
        """A whole number, between `least` and `most` inclusive."""
        self._note(name, "whole number", str(default) if shown is None else shown, meaning)
        raw = self.source.get(name, "").strip()
        if not raw:
            return default
        try:
            value = int(raw)
        except ValueError:
            self.problem(name, f"should be a whole number, and is {raw!r}.")
            return default
        if value < least or (most is not None and value > most):
            limits = f"at least {least}" if most is None else f"from {least} to {most}"
            self.problem(name, f"should be {limits}, and is {value}.")
            return default
        return value

    def choice(self, name: str, meaning: str, *, options: Iterable[str], default: str, shown: str | None = None) -> str:
        """One word out of `options`."""
        allowed = list(options)
        self._note(name, " or ".join(allowed), shown or default, meaning)
        raw = self.source.get(name, "").strip()
        if not raw:
            return default
        if raw not in allowed:
            self.problem(name, f"should be one of {', '.join(allowed)}, and is {raw!r}.")
            return default
        return raw

    def path(self, name: str, meaning: str, *, default: Path | None = None, shown: str = "") -> Path | None:
        """A file or folder, made absolute; it need not exist."""
        self._note(name, "path", shown or (str(default) if default else ""), meaning)
        raw = self.source.get(name, "").strip()
        if not raw:
            return default
        return Path(raw).expanduser().absolute()

    def pairs(self, name: str, says: str) -> dict[str, str]:
        """Read a list of `code=value` with commas between, as a mapping; one without a value is left out."""
        held = (one.partition("=") for one in self.listing(name, says, default=[]))
        return {code.strip(): value.strip() for code, _, value in held if value.strip()}

    def listing(
        self, name: str, meaning: str, *, default: Iterable[str] = (), required: bool = False, shown: str | None = None
    ) -> list[str]:
        """Words separated by commas."""
        fallback = list(default)
        self._note(name, "list, separated by commas", ", ".join(fallback) if shown is None else shown, meaning)
        words = [word.strip() for word in self.source.get(name, "").split(",") if word.strip()]
        if not words and required:
            self.problem(name, f"is not set. It is {meaning[:1].lower()}{meaning[1:]}")
        return words or fallback

    def problem(self, name: str, trouble: str) -> None:
        """Remember that a variable is missing or wrong."""
        self.problems.append(f"{name} {trouble}")

    def complain(self) -> None:
        """Raise one error naming everything that is wrong, or do nothing."""
        if self.problems:
            listed = "\n".join(f"  - {one}" for one in self.problems)
            raise ImproperlyConfigured(
                f"The settings in the environment need mending:\n{listed}\n"
                "docs/howto/run-in-production.md lists every variable."
            )

    def _note(self, name: str, kind: str, default: str, meaning: str) -> None:
        self.variables[name] = Variable(name=name, kind=kind, default=default, meaning=meaning)
