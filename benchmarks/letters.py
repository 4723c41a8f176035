"""How well letters are read and given to their case: 300 through real OCR at five qualities, SIZE through the matching.

Residents of a seeded city (families, twins, fathers and sons of one name) with cases lie in a database of their own. Letters
are drawn, spoiled (`_letters.spoil`) and read by the product's own reader; the rest have the text that reading gave or would
have given: the errors of a line and the confusions of characters are drawn from those measured at the same quality.

Read texts are kept beside the database by seed, quality and number (`LETTERS_SEED`), so that a rule can be changed and judged
again without reading again. The rules were made with letters of seed 27; what docs/letters.md states is of seed 90417,
whose letters nobody looked at before.

Per quality: `_word_percent` words read right; `_filed_percent` filed without a person; `_right_percent` of those to the
right person and case (or rightly to none); `_wrong` how many were filed wrongly; `_doubtful_percent` left to a person, and
`_first_percent` of these whose first proposal is the right person. `_code_percent`: printed codes found.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

SIZE = 3_000
READ = int(os.environ.get("LETTERS_READ", "300"))
SEED = int(os.environ.get("LETTERS_SEED", "90417"))
SHOWN = frozenset(os.environ.get("LETTERS_SHOW", "").split(","))
"""Qualities whose doubtful letters are written out, to see why."""
ONLY = frozenset(one for one in os.environ.get("LETTERS_LEVELS", "").split(",") if one)
"""Qualities to measure; all where none is named."""
PEOPLE = 20_000
CASES = 12_000
NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)


@dataclass(frozen=True)
class Someone:
    """A resident as a letter names her."""

    id: Any
    given: str
    family: str
    address: str
    born: date
    phone: str


@dataclass(frozen=True)
class Case:
    """A case as a letter names it."""

    id: Any
    reference: str
    service: str
    opened: date
    written: date
    customer: Any


def run(size: int) -> dict[str, Any]:
    """Make the city unless it is there, read and match."""
    from moothall.core.postgres import Cluster

    cluster = Cluster(ROOT / ".moothall" / f"bench-letters-{PEOPLE}")
    os.environ |= {"DATABASE_URL": cluster.start(), "MOOTHALL_MODE": "demo", "MOOTHALL_DB_POOL": "0"}
    os.environ["DJANGO_SETTINGS_MODULE"] = "moothall.config.settings"
    try:
        import django

        django.setup()
        return measure(size, lambda text: print(text, file=sys.stderr, flush=True))
    finally:
        cluster.stop()


def prepare() -> tuple[list[Someone], list[Case]]:
    """Migrate and bring people and cases in, unless they are there; return both."""
    from django.core.management import call_command

    from benchmarks._letters import SERVICES
    from benchmarks._residents import residents
    from moothall.cases.actions import NewCase
    from moothall.cases.actions.importing import ImportedCase, import_cases
    from moothall.cases.models import Case as CaseRow
    from moothall.core.actors import SYSTEM
    from moothall.core.packs import load_pack
    from moothall.core.packs.actions import apply_pack
    from moothall.customers.actions import ImportedCustomer, import_customers
    from moothall.customers.models import Customer

    call_command("migrate", verbosity=0, interactive=False)
    if not Customer.objects.exists():
        pack = load_pack("leeds")
        apply_pack(pack, by=SYSTEM, at=NOW)
        dice = random.Random(6)
        import_customers(
            (
                ImportedCustomer(
                    created_at=NOW, given_name=one.given, family_name=one.family, points=[("phone", one.phone)],
                    date_of_birth=date.fromisoformat(one.born), uprn=int(one.home.uprn),
                    address_text=f"{one.home.number} {one.home.street}, {one.home.locality}, {one.home.postcode}",
                )
                for one in residents(PEOPLE, 6, None)
            ),
            by=SYSTEM, at=NOW,
        )  # fmt: skip
        ids = list(Customer.objects.order_by("id").values_list("id", flat=True))
        made = []
        for _ in range(CASES):
            service = dice.choice(list(SERVICES))
            new = NewCase(
                service=service, channel="web", team="customer-services", kind="request", customer_id=dice.choice(ids),
                answers={}, decisions=[],
            )  # fmt: skip
            made.append(
                ImportedCase(new=new, opened_at=NOW - timedelta(days=dice.randint(3, 90), hours=dice.randint(0, 8)))
            )
        for start in range(0, len(made), 1000):
            import_cases(made[start : start + 1000], by=SYSTEM)
    people = [
        Someone(c.id, c.given_name, c.family_name, c.address_text, c.date_of_birth or date(1950, 1, 1), p)
        for c in Customer.objects.order_by("id").prefetch_related("contact_points")
        for p in [next((point.shown for point in c.contact_points.all()), "")]
    ]
    cases = [
        Case(c.id, c.reference, c.service, c.opened_at.date(), NOW.date() - timedelta(days=2), c.customer_id)
        for c in CaseRow.objects.order_by("reference")
    ]
    return people, cases


def measure(size: int, say: Callable[[str], None]) -> dict[str, Any]:  # noqa: PLR0915  one quality after another
    """Read `READ` letters at all qualities, match `size`, and return the figures."""
    from benchmarks._letters import LEVELS as EVERY
    from benchmarks._letters import Confusions, choose_kind, word_accuracy, write
    from benchmarks._residents import residents
    from moothall.channels.post.reading import languages
    from moothall.intake.posted import proposal_for

    LEVELS = [one for one in EVERY if one in ONLY or not ONLY]  # noqa: N806  as they are called where they are all
    people, cases = prepare()
    by_id = {one.id: one for one in people}
    strangers = [
        Someone(None, one.given, one.family, f"{one.home.number} {one.home.street}, {one.home.locality}, {one.home.postcode}", date.fromisoformat(one.born), one.phone)
        for one in residents(2_000, 99, None)
    ]  # fmt: skip

    def letter(dice: random.Random) -> Any:
        kind = choose_kind(dice)
        case = dice.choice(cases)
        person = dice.choice({"stranger": strangers, "new_matter": people}.get(kind) or [by_id[case.customer]])
        return write(dice, person, case, dice.choice(people), kind)

    languages()  # the pack is read once, before two threads want it
    figures: dict[str, Any] = {}
    results: dict[str, list[tuple[Any, str, tuple[str, ...]]]] = {}
    learned: dict[str, Confusions] = {}
    for level in LEVELS:
        count = READ // len(LEVELS)
        dices = [random.Random(f"{SEED}:{level}:{number}") for number in range(count)]
        letters = [letter(one) for one in dices]
        began = time.perf_counter()
        with ThreadPoolExecutor(2) as both:
            read = list(both.map(partial(_read, level), range(count), letters, dices))
        spent = time.perf_counter() - began
        learned[level] = Confusions()
        for one, sheet in zip(letters, read, strict=True):
            learned[level].learn(one.text, sheet.text)
        right = [word_accuracy(one.text, sheet.text) for one, sheet in zip(letters, read, strict=True)]
        coded = [(one, sheet) for one, sheet in zip(letters, read, strict=True) if one.code]
        results[level] = [
            (one, sheet.text, tuple(code["reference"] for code in sheet.codes if code.get("kind") == "letter"))
            for one, sheet in zip(letters, read, strict=True)
        ]
        figures[f"{level}_word_percent"] = round(100 * sum(right) / len(right), 1)
        figures[f"{level}_code_percent"] = (
            round(100 * sum(bool(s.codes) for _, s in coded) / len(coded), 1) if coded else None
        )
        figures[f"{level}_read_seconds"] = round(spent * 2 / count, 2)
        say(f"{level}: {figures[f'{level}_word_percent']} % of words, {spent:.0f} s")
    for level in LEVELS:
        share = (figures[f"{level}_code_percent"] or 0) / 100
        todo, dice = list(results[level]), random.Random(f"{SEED}:{level}:matching")
        while len(todo) < size // len(LEVELS):
            one = letter(dice)
            codes = (one.code.removeprefix("MOOT:L:"),) if one.code and dice.random() < share else ()
            todo.append((one, learned[level].apply(one.text, dice), codes))
        filed = right_count = wrong = first = doubtful = 0
        began = time.perf_counter()
        for one, text, codes in todo:
            proposal = proposal_for(text, coded=codes, at=NOW)
            best = proposal.judgement.best
            person = best.person.id if best else None
            same_person = person == (one.customer.id if one.customer else None)
            if proposal.files_itself:
                filed += 1
                good = same_person and proposal.judgement.case_id == (one.case.id if one.case else None)
                right_count += good
                wrong += not good
                if not good:
                    say(f"WRONG at {level}: {one.kind} {proposal.kept()}\n{text}\n---- {one.case} {one.customer}")
            else:
                doubtful += 1
                if level in SHOWN:
                    say(f"DOUBTFUL at {level}: {one.kind} {proposal.kept()['doubts']} {best}\n{text}\n---- {one.case}")
                first += same_person and one.customer is not None
        count = len(todo)
        figures |= {
            f"{level}_letters": count, f"{level}_filed_percent": round(100 * filed / count, 1),
            f"{level}_right_percent": round(100 * right_count / max(1, filed), 2), f"{level}_wrong": wrong,
            f"{level}_doubtful_percent": round(100 * doubtful / count, 1),
            f"{level}_first_percent": round(100 * first / max(1, doubtful), 1),
            f"{level}_match_ms": round(1000 * (time.perf_counter() - began) / count, 1),
        }  # fmt: skip
    return figures


@dataclass(frozen=True)
class Read:
    """What reading made of one page."""

    text: str
    codes: tuple[dict[str, Any], ...]


def _read(level: str, number: int, letter: Any, dice: random.Random) -> Read:
    """Read one letter as a scanner of this quality delivers it; read before, as it was read then."""
    from benchmarks._letters import draw, spoil
    from moothall.channels.post.reading import read_sheet

    kept = ROOT / ".moothall" / "bench-letters-read" / f"{SEED}-{level}-{number}.json"
    whole = hashlib.sha256(letter.text.encode()).hexdigest()
    held = json.loads(kept.read_text(encoding="utf-8")) if kept.exists() else {}
    if held.get("letter") == whole:
        return Read(held["text"], tuple(held["codes"]))
    sheet = read_sheet(spoil(draw(letter, dice), level, dice))
    kept.parent.mkdir(parents=True, exist_ok=True)
    told = {"letter": whole, "text": sheet.text, "codes": [dict(one) for one in sheet.codes]}
    kept.write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
    return Read(told["text"], tuple(told["codes"]))


if __name__ == "__main__":
    for key, value in run(int(sys.argv[1]) if len(sys.argv) > 1 else SIZE).items():
        print(f"{key:<32} {value}")
