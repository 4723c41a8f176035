"""Letters from residents about their cases, drawn on paper and then spoiled as scanners and fax lines spoil them.

All of it is invented and the same for a seed. What each kind of letter says of its writer and case is stated in `KINDS`.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

WIDE, HIGH = 1654, 2339
KINDS = {
    "reference": 0.62, "slip": 0.13, "service_and_day": 0.12, "new_matter": 0.08, "service_only": 0.03, "stranger": 0.02,
}  # fmt: skip
"""What letters are like: quoting our reference; with the tear-off slip of our letter (its code is printed); naming service and
day; about something new; naming only the service; from somebody we do not hold. Three in a hundred of those with a reference
is written by a relative who gives her own name and address, too."""
HABITS = {"address": 0.88, "born": 0.15, "phone": 0.3, "initial": 0.18}
"""How often a letter with a reference gives the whole address, the date of birth, a number; only an initial."""
SERVICES = {
    "street-light": "the street light outside the house, which is still out",
    "missed-bin": "my bin, which was missed again",
    "council-tax-band": "the council tax band of my home",
    "housing-benefit-change": "the change to my housing benefit",
    "blue-badge": "my blue badge",
    "noise-nuisance": "the noise from next door",
    "housing-repair": "the repair you promised",
    "parking-permit": "my parking permit",
    "tree-problem": "the tree that overhangs the path",
    "council-tax-move": "moving home and my council tax",
}
BODIES = (
    "I have heard nothing since I last wrote and would be glad to know how things stand.",
    "As I said before, I am at home most mornings and would be grateful if somebody could call.",
    "I enclose the papers you asked for. Please send the originals back to me when you have copied them.",
    "My neighbours have the same trouble and we wonder how much longer this will take.",
    "I am eighty two years of age and find it hard to get about, so I hope you will forgive my writing by hand before.",
    "The young lady on the telephone was very kind and told me to put it in writing.",
    "I do not use the computer. Please answer by post.",
    "It has been five weeks now. I would like to know who deals with it and when it will be finished.",
    "Thank you for your letter. The figures in it are not right, as the enclosed statement shows.",
    "If you need anything further please let me know in good time before the end of the month.",
)
LEVELS = ("clean", "office", "poor", "fax_fine", "fax")


@dataclass(frozen=True)
class Written:
    """One letter: its words, the code on its slip (empty without one), whose it is and about which case (None: no case)."""

    kind: str
    text: str
    code: str
    customer: Any
    case: Any


def write(dice: random.Random, person: Any, case: Any, other: Any, kind: str) -> Written:
    """Return a letter of a kind. `person` and `other` have given, family, address, born, phone; `case` reference, service, opened."""
    born = dice.random() < HABITS["born"]
    whole = kind not in {"reference", "slip"} or dice.random() < HABITS["address"]
    name = f"{person.given} {person.family}"
    if kind == "reference" and dice.random() < HABITS["initial"]:
        name = f"{dice.choice(('Mr', 'Mrs', 'Miss'))} {person.given[0]} {person.family}"
    helper = other if kind == "reference" and dice.random() < 0.03 else None
    lines: list[str] = []
    if helper is not None:
        lines += [f"{helper.given} {helper.family}", *helper.address.split(", "), ""]
    elif whole:
        lines += [name, *person.address.split(", "), ""]
    lines += [
        "Leeds City Council",
        "Civic Hall",
        "Leeds LS1 1UR",
        "",
        f"{case.written.day} {case.written:%B} {case.written.year}",
        "",
    ]
    if kind == "reference":
        lines += [
            dice.choice(("Your reference: {}", "Our ref {}", "Ref: {}", "Re: {}")).format(_shown(case.reference)),
            "",
        ]
    lines += ["Dear Sir or Madam", ""]
    about = SERVICES[case.service]
    if helper is not None:
        lines += [f"I write for {name} of {person.address} about {about}."]
    elif kind == "service_and_day":
        lines += [f"I reported this to you on {case.opened.day} {case.opened:%B} and again write about {about}."]
    elif kind in {"new_matter", "stranger"}:
        lines += [
            "I am writing for the first time about the hedge at the library, which needs cutting before the winter."
        ]
    else:
        lines += [f"I am writing about {about}."]
    lines += dice.sample(BODIES, dice.randint(2, 4))
    if born:
        lines += [f"My date of birth is {person.born.strftime(dice.choice(('%d %B %Y', '%d/%m/%Y', '%d.%m.%Y')))}."]
    if dice.random() < HABITS["phone"]:
        lines += [f"My telephone number is {person.phone}."]
    signed = f"{helper.given} {helper.family}" if helper is not None else name
    lines += ["", "Yours faithfully", "", signed]
    code = ""
    if kind == "slip":
        code = f"MOOT:L:{case.reference}"
        lines += ["", "Please send this slip back with your answer.", f"{name}", f"Reference {_shown(case.reference)}"]
    truth_case = case if kind in {"reference", "slip", "service_and_day", "service_only"} else None
    return Written(kind, "\n".join(lines), code, None if kind == "stranger" else person, truth_case)


def _shown(reference: str) -> str:
    return f"{reference[:4]}-{reference[4:]}"


@lru_cache(maxsize=32)
def _font(number: int, size: int) -> Any:
    found = sorted(
        str(path)
        for folder in ("/usr/share/fonts/truetype/liberation", "/usr/share/fonts/truetype/dejavu")
        for path in Path(folder).glob("*.ttf")
        if any(
            path.stem.endswith(end)
            for end in ("Sans-Regular", "Serif-Regular", "Mono-Regular", "DejaVuSans", "DejaVuSerif")
        )
    )
    return ImageFont.truetype(found[number % len(found)], size) if found else ImageFont.load_default(size)


def draw(letter: Written, dice: random.Random) -> Image.Image:
    """Return the letter as a page of A4 at 200 dots an inch."""
    page = Image.new("L", (WIDE, HIGH), 255)
    pen = ImageDraw.Draw(page)
    size = dice.choice((29, 31, 33, 36))
    font = _font(dice.randrange(6), size)
    left, top = dice.randint(130, 200), dice.randint(120, 200)
    for line in letter.text.split("\n"):
        for part in _wrapped(line, font, WIDE - 2 * left):
            pen.text((left, top), part, font=font, fill=dice.randint(0, 45))
            top += round(size * 1.38)
    if letter.code:
        import segno

        drawn = segno.make(letter.code, error="m", micro=False)
        scale = 6  # 22 millimetres across, as on our letters
        code = Image.fromarray(
            np.kron(np.array([[0 if cell else 255 for cell in row] for row in drawn.matrix_iter(border=4)], dtype=np.uint8),
                    np.ones((scale, scale), dtype=np.uint8))
        )  # fmt: skip
        page.paste(code, (WIDE - code.width - 130, min(top, HIGH - code.height - 60)))
    return page


def _wrapped(line: str, font: Any, width: int) -> list[str]:
    out, held = [], ""
    for word in line.split(" "):
        longer = f"{held} {word}".strip()
        if font.getlength(longer) > width and held:
            out.append(held)
            longer = word
        held = longer
    return [*out, held]


def spoil(page: Image.Image, level: str, dice: random.Random) -> Image.Image:
    """Return the page as a scanner or fax line of that kind delivers it."""
    noise = np.random.default_rng(dice.randrange(2**32))

    def grain(picture: Image.Image, much: float) -> Image.Image:
        held = np.asarray(picture, dtype=np.float32) + noise.normal(0, much, (picture.height, picture.width))
        return Image.fromarray(np.clip(held, 0, 255).astype(np.uint8))

    def turned(picture: Image.Image, most: float) -> Image.Image:
        return picture.rotate(dice.uniform(-most, most), resample=Image.Resampling.BICUBIC, fillcolor=255)

    if level == "clean":
        return page
    if level == "office":
        return grain(turned(page, 1.0).filter(ImageFilter.GaussianBlur(0.6)), 8)
    if level == "poor":
        faded = turned(page, 4.0).filter(ImageFilter.GaussianBlur(1.3)).point(lambda v: 90 + v * 140 // 255)
        if dice.random() < 0.15:
            faded = faded.rotate(180)
        return grain(faded, 16)
    fine = level == "fax_fine"
    sent = grain(turned(page, 1.5).filter(ImageFilter.GaussianBlur(0.7)), 14)
    lines = sent.resize((1728, round(HIGH * 1728 / WIDE * (1 if fine else 0.5) * 0.98)), Image.Resampling.BILINEAR)
    bits = np.asarray(lines) > dice.randint(135, 165)
    bits ^= noise.random(bits.shape) < (0.0012 if fine else 0.002)  # specks
    for _ in range(0 if fine else dice.randint(0, 5)):  # a disturbed line is sent as white, or repeated
        at = dice.randrange(bits.shape[0] - 3)
        bits[at : at + dice.randint(1, 2)] = True if dice.random() < 0.5 else bits[at - 1]
    return Image.fromarray((bits * 255).astype(np.uint8)).resize(
        (1728, round(HIGH * 1728 / WIDE)), Image.Resampling.BILINEAR
    )


def word_accuracy(truth: str, read: str) -> float:
    """Return the share of the truth's words that were read, by the shortest way from one to the other."""
    from rapidfuzz.distance import Levenshtein

    wanted, got = truth.split(), read.split()
    return max(0.0, 1 - Levenshtein.distance(wanted, got) / max(1, len(wanted)))


class Confusions:
    """What reading did to characters at one level, line by line, so that whole bad lines stay together."""

    def __init__(self) -> None:
        self.lines: list[float] = []
        self.instead: dict[str, list[str]] = {}

    def learn(self, truth: str, read: str) -> None:
        """Compare one page with what was read of it."""
        from rapidfuzz import process
        from rapidfuzz.distance import Levenshtein

        got = [line for line in (" ".join(one.split()) for one in read.split("\n")) if line]
        for line in (" ".join(one.split()) for one in truth.split("\n")):
            if len(line) < 4:
                continue
            best = process.extractOne(line, got, scorer=Levenshtein.normalized_similarity)
            if best is None or best[1] < 0.35:
                self.lines.append(1.0)
                continue
            steps = Levenshtein.editops(line, best[0])
            if len(steps) > len(line) * 0.3 and len(best[0]) < len(line) * 0.75:
                continue  # the line was broken in two: what is missing stands on the next
            self.lines.append(len(steps) / len(line))
            for step in steps:
                if step.tag == "replace":
                    self.instead.setdefault(line[step.src_pos], []).append(best[0][step.dest_pos])
                elif step.tag == "delete":
                    self.instead.setdefault(line[step.src_pos], []).append("")
                else:
                    where = line[min(step.src_pos, len(line) - 1)]
                    self.instead.setdefault(where, []).append(best[0][step.dest_pos] + where)

    def apply(self, text: str, dice: random.Random) -> str:
        """Return the text as it might have been read."""
        out = []
        every = [one for many in self.instead.values() for one in many] or [""]
        for line in text.split("\n"):
            rate = dice.choice(self.lines) if self.lines and line.strip() else 0.0
            if rate >= 1.0:
                continue
            out.append("".join(dice.choice(self.instead.get(c) or every) if dice.random() < rate else c for c in line))
        return "\n".join(out)


def choose_kind(dice: random.Random) -> str:
    """Draw a kind of letter."""
    return dice.choices(list(KINDS), list(KINDS.values()))[0]
