"""No council can choose a colour that people cannot read."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moothall.core.packs import load_pack, pack_names
from moothall.interfaces.ui import pictures, theme
from moothall.interfaces.ui.theme import DARK_PAPER, DARK_SURFACE, INK, PAPER, contrast, palette

# The greys and states of styles/_tokens.scss, light and dark.
TOKENS = (pictures.FOLDER.parent / "styles" / "_tokens.scss").read_text(encoding="utf-8")

any_colour = st.tuples(*[st.integers(0, 255)] * 3).map(theme.write)


def tokens(part: str) -> dict[str, str]:
    found = dict(re.findall(r"--([a-z0-9-]+): (#[0-9a-f]{3,6});", part))
    return {
        name: "#" + "".join(c * 2 for c in value[1:]) if len(value) == 4 else value for name, value in found.items()
    }


LIGHT = tokens(TOKENS[: TOKENS.index("@mixin dark")])
DARK = tokens(TOKENS[TOKENS.index("@mixin dark") : TOKENS.index("// The five sizes")])


def test_contrast_is_measured_as_wcag_says() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.478, abs=0.001)


@given(any_colour)
def test_any_brand_colour_can_be_read_everywhere_it_stands(colour: str) -> None:
    p = palette(colour)
    pairs = [
        (p.brand, PAPER),
        (p.brand, p.tint),
        (p.brand, LIGHT["wash"]),
        (p.strong, PAPER),
        (p.on_brand, p.brand),
        (p.soft_on_brand, p.brand),
        (INK, p.tint),
        (LIGHT["ink-2"], p.tint),
        (p.dark_brand, DARK_PAPER),
        (p.dark_brand, DARK_SURFACE),
        (p.dark_brand, p.dark_tint),
        (p.dark_on_brand, p.dark_brand),
        (DARK["ink"], p.dark_tint),
    ]
    poor = [(a, b, round(contrast(a, b), 2)) for a, b in pairs if contrast(a, b) < theme.TEXT_CONTRAST]
    assert not poor


@pytest.mark.parametrize(("name", "colours"), [("light", LIGHT), ("dark", DARK)])
def test_inks_and_states_can_be_read_on_paper_wash_and_their_tints(name: str, colours: dict[str, str]) -> None:
    for text in ("ink", "ink-2", "kept", "risk", "late"):
        for ground in ("paper", "wash"):
            assert contrast(colours[text], colours[ground]) >= theme.TEXT_CONTRAST, (name, text, ground)
    for state in ("kept", "risk", "late"):
        for text in (state, "ink"):
            assert contrast(colours[text], colours[f"{state}-tint"]) >= theme.TEXT_CONTRAST, (name, text, state)


def test_the_stylesheet_holds_no_second_set_of_paper_and_ink() -> None:
    assert LIGHT["ink"] == INK
    assert LIGHT["paper"] == PAPER
    assert DARK["paper"] == DARK_PAPER
    assert DARK["wash"] == DARK_SURFACE


@pytest.mark.parametrize("wrong", ["", "teal", "#12", "rgb(1,2,3)", "#12345g", "#1234567", "}body{display:none"])
def test_a_colour_written_otherwise_is_refused_in_words(wrong: str) -> None:
    with pytest.raises(ValueError, match="six digits"):
        palette(wrong)


@pytest.mark.parametrize("council", [name for name in pack_names() if name != "common"])
def test_every_council_has_a_face_of_its_own(council: str) -> None:
    brand = theme.brand_of(load_pack(council))
    assert brand.colour != theme.UNNAMED.colour
    assert brand.emblem in pictures.names("emblems")
    assert brand.emblem != "common"


def test_the_version_follows_the_colour() -> None:
    one = theme.Brand("A", "#1c5f54")
    assert theme.version(one) == theme.version(theme.Brand("B", "#1c5f54"))
    assert theme.version(one) != theme.version(theme.Brand("A", "#7b1e3b"))
