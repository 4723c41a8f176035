"""Which sections a pack may have: each room registers its own, in its `pack.py`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from pydantic import BaseModel, ConfigDict

from .problems import Problem
from .reader import Node

if TYPE_CHECKING:
    from .pack import Pack


class PackModel(BaseModel):
    """Base of everything written in a pack: unknown keys are mistakes, and what was read is never changed."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


M = TypeVar("M", bound=BaseModel)
Check = Callable[["Pack"], Iterable[Problem]]
Example = Callable[["Pack"], Iterable[Problem]]
Completion = Callable[[dict[str, Node]], dict[str, Node]]


@dataclass(frozen=True, slots=True)
class Section(Generic[M]):
    """A section of entries with a key each: `services/missed-bin.yaml`, or a list in `calendars.yaml`."""

    name: str
    model: type[M]
    key: str


@dataclass(frozen=True, slots=True)
class Single(Generic[M]):
    """A section that is one thing: `words.yaml`, `demand.yaml`."""

    name: str
    model: type[M]


_sections: dict[str, Section[BaseModel] | Single[BaseModel]] = {}
_checks: dict[str, Check] = {}
_examples: dict[str, Example] = {}
_completions: dict[str, Completion] = {}
_discovered = False


def register_section(name: str, model: type[M], *, key: str = "code") -> Section[M]:
    """Let packs have a section of entries, each a `model` known by its `key`.

    Returns the typed handle for `pack.of(…)`.
    """
    section = Section(name, model, key)
    _remember(name, section)
    return section


def register_single(name: str, model: type[M]) -> Single[M]:
    """Let packs have a section that is a single `model`; all its fields must have defaults, for packs without it."""
    single = Single(name, model)
    _remember(name, single)
    return single


def register_check(name: str, check: Check) -> None:
    """Have every pack that is loaded looked at by `check`, once its sections are valid by themselves."""
    _checks[name] = check


def register_examples(name: str, run: Example) -> None:
    """Have `pack check` run the examples that a section's entries carry."""
    _examples[name] = run


def register_completion(name: str, complete: Completion) -> None:
    """Have what a pack’s files say once for many entries laid into each of them, before anything is validated.

    ``complete`` takes the merged trees by section and returns them; it changes none of them. What it lays in is content of
    the pack like any other: applied, kept and shown. A stored version is never completed again.
    """
    _completions[name] = complete


def sections() -> dict[str, Section[BaseModel] | Single[BaseModel]]:
    """The registered sections by name, in order of registration."""
    discover()
    return _sections


def checks() -> dict[str, Check]:
    """The registered cross-checks by name."""
    discover()
    return _checks


def examples() -> dict[str, Example]:
    """The registered example runners by name."""
    discover()
    return _examples


def completions() -> dict[str, Completion]:
    """The registered completions by name."""
    discover()
    return _completions


def discover() -> None:
    """Import every installed room's `pack.py`, once. Needs Django's app registry, not its database."""
    global _discovered  # noqa: PLW0603 - once per process
    if _discovered:
        return
    _discovered = True
    from django.utils.module_loading import autodiscover_modules

    from . import readable as _readable  # noqa: F401 - registers how hard texts may be
    from . import sections as _core_sections  # noqa: F401 - registers core's own

    autodiscover_modules("pack")


def _remember(name: str, section: Section[M] | Single[M]) -> None:
    known = _sections.get(name)
    if known is not None and known != section:
        raise ValueError(f"Two rooms register the pack section {name!r}.")
    _sections[name] = section  # type: ignore[assignment]
