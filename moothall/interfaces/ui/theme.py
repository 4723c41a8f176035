"""A council's face: one colour and one emblem, from which a small stylesheet is made.

Everything is computed from the pack's single brand colour, so that no council can choose a combination nobody
can read: text and controls in the brand always reach 4.5:1 (WCAG 2.2, 1.4.3) on paper, on its tint and in dark mode.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from moothall.core.packs import Pack

TEXT_CONTRAST: Final = 4.5

PAPER: Final = "#ffffff"
INK: Final = "#16191d"
DARK_PAPER: Final = "#14171a"
DARK_SURFACE: Final = "#1d2125"

_HEX = re.compile(r"#[0-9a-f]{6}")

Rgb = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Brand:
    """What the pack says of a council's face. `colour` is #rrggbb; `emblem` names one of our drawings."""

    name: str
    colour: str = "#33475b"
    emblem: str = "common"
    short_name: str = ""
    phone: str = ""
    email: str = ""
    address: str = ""

    @property
    def called(self) -> str:
        """The name for tight places: the short name when there is one."""
        return self.short_name or self.name


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours computed from a brand, each #rrggbb."""

    brand: str
    strong: str
    tint: str
    line: str
    on_brand: str
    soft_on_brand: str
    dark_brand: str
    dark_strong: str
    dark_tint: str
    dark_line: str
    dark_on_brand: str


def parse(colour: str) -> Rgb:
    """Read #rrggbb. Raises ValueError, saying how a colour is written, for anything else."""
    text = colour.strip().lower()
    if not _HEX.fullmatch(text):
        raise ValueError(f"Write a colour as # and six digits, like #1c5f54, not {colour!r}.")
    return (int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16))


def write(rgb: Rgb) -> str:
    """Write #rrggbb."""
    return "#{:02x}{:02x}{:02x}".format(*rgb)


def luminance(colour: str) -> float:
    """Relative luminance, 0 (black) to 1 (white); WCAG 2.2, "relative luminance"."""

    def channel(value: int) -> float:
        c = value / 255
        return c / 12.92 if c <= 0.04045 else float(((c + 0.055) / 1.055) ** 2.4)

    red, green, blue = (channel(value) for value in parse(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, 1 to 21; WCAG 2.2, "contrast ratio"."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def mix(colour: str, into: str, share: float) -> str:
    """Mix two colours: `share` 0 gives the second, 1 the first."""
    a, b = parse(colour), parse(into)
    return write(
        (
            round(a[0] * share + b[0] * (1 - share)),
            round(a[1] * share + b[1] * (1 - share)),
            round(a[2] * share + b[2] * (1 - share)),
        )
    )


def readable(colour: str, on: str, *, towards: str, at_least: float = TEXT_CONTRAST) -> str:
    """Move a colour towards another, in steps of a fiftieth, until it can be read on a background."""
    for step in range(51):
        moved = mix(towards, colour, step / 50)
        if contrast(moved, on) >= at_least:
            return moved
    return towards


@lru_cache(maxsize=16)
def palette(brand_colour: str) -> Palette:
    """Compute every colour a page needs from the one the pack names. Raises ValueError for a colour not written #rrggbb."""
    given = write(parse(brand_colour))
    tint_guess = mix(given, PAPER, 0.07)
    brand = readable(readable(given, PAPER, towards=INK, at_least=5.5), tint_guess, towards=INK, at_least=5)
    tint = mix(brand, PAPER, 0.07)
    dark_tint = mix(brand, DARK_SURFACE, 0.3)
    dark_brand = readable(readable(brand, DARK_SURFACE, towards=PAPER, at_least=6), dark_tint, towards=PAPER)
    strong = mix(brand, INK, 0.72)
    return Palette(
        brand=brand,
        strong=strong,
        tint=tint,
        line=mix(brand, PAPER, 0.28),
        on_brand=PAPER,
        soft_on_brand=readable(mix(brand, PAPER, 0.2), brand, towards=PAPER),
        dark_brand=dark_brand,
        dark_strong=mix(dark_brand, PAPER, 0.75),
        dark_tint=dark_tint,
        dark_line=mix(dark_brand, DARK_SURFACE, 0.4),
        dark_on_brand=readable(DARK_PAPER, dark_brand, towards="#000000"),
    )


@lru_cache(maxsize=16)
def stylesheet(brand: Brand) -> str:
    """The council's own stylesheet: custom properties for light pages, and for dark ones where an audience has them."""
    p = palette(brand.colour)
    light = (
        f"--brand:{p.brand};--brand-strong:{p.strong};--brand-tint:{p.tint};--brand-line:{p.line};"
        f"--on-brand:{p.on_brand};--soft-on-brand:{p.soft_on_brand}"
    )
    dark = (
        f"--brand:{p.dark_brand};--brand-strong:{p.dark_strong};--brand-tint:{p.dark_tint};--brand-line:{p.dark_line};"
        f"--on-brand:{p.dark_on_brand};--soft-on-brand:{p.dark_on_brand}"
    )
    return (
        f":root{{{light}}}\n"
        f"@media (prefers-color-scheme:dark){{:root[data-theme=auto]{{{dark}}}}}\n"
        f":root[data-theme=dark]{{{dark}}}\n"
    )


def version(brand: Brand) -> str:
    """A short mark that changes when the stylesheet does, so that it can be kept by browsers for good."""
    return sha256(stylesheet(brand).encode()).hexdigest()[:10]


UNNAMED: Final = Brand(name="Your council")


def brand_of(pack: Pack) -> Brand:
    """The face a pack describes: its name, `brand.colours.brand`, `brand.logo` (one of our emblems) and how to call.

    A colour that is not written #rrggbb is left aside here; `pack check` is where it is complained of.
    """
    council = pack.council
    colour = council.brand.colours.get("brand", "")
    ways = {way.channel: way.value for way in reversed(council.contact)}
    return Brand(
        name=council.name,
        colour=colour.lower() if _HEX.fullmatch(colour.lower()) else UNNAMED.colour,
        emblem=council.brand.logo or "common",
        short_name=council.short_name or "",
        phone=ways.get("phone", ""),
        email=ways.get("email", ""),
        address=ways.get("post", ""),
    )


def current_brand() -> Brand:
    """The face of the council this installation runs; a nameless one before any pack has been applied."""
    from moothall.core.packs import NoPack, current_pack

    try:
        return brand_of(current_pack())
    except NoPack:
        return UNNAMED
