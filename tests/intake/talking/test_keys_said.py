"""The example of a postcode on a telephone's keys, said before somebody must key in hers, is what those keys are."""

import re

from moothall.core.packs import Pack
from moothall.intake.pack import TALK
from moothall.intake.talking.asking import AS_KEYED
from moothall.intake.talking.keypad import keys_of

from ...conftest import pack_of


def test_the_example_is_right_wherever_it_is_said() -> None:
    pack: Pack = pack_of("leeds")
    for said in (AS_KEYED, pack.one(TALK).says["status_proof"]):
        found = re.search(r"like ([\d ,]+) for ([A-Z0-9 ]+)", said)
        assert found, said
        assert keys_of(found[2]) == re.sub(r"\D", "", found[1])
