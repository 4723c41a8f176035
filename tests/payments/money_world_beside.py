"""What the model of money plays beside the card: a machine that takes cash, a deposit, a Direct Debit, all in one ledger."""

from moothall.bookings import actions as bookings
from moothall.core.actors import SYSTEM
from moothall.payments.actions.agreeing import end
from moothall.payments.actions.collecting import bring_report, make_submission, settle_collected
from moothall.payments.actions.deposits import keep
from moothall.payments.actions.tills import BadJournal, Line, last_line, take_journal
from moothall.payments.models import Deposit, DepositState, Instalment
from tests.payments.test_debits import agreed, arudd

DEPOSITS = ("keeps_some", "keeps_all", "nine_days")
MACHINE = ("coins", "coins_and_cut", "too_few_and_cut", "no_change", "slowly", "sent_again")
DEBIT = ("debit", "file", "file", "fortnight", "fortnight", "comes_back", "ends_it")


class Beside:
    """The machine, the deposit and the Direct Debit of a `World`."""

    # -- the machine --------------------------------------------------------------------------------------------------

    def writes(self, kind, pence=0, sale="", reference=""):
        self.journal.append(Line(len(self.journal) + 1, kind, self.now(), pence, sale, reference))

    def sends(self, *, all_of_it=False):
        since = 0 if all_of_it else last_line(self.machine.id)
        try:
            take_journal(self.journal[since:], by=self.machine, at=self.now())
        except BadJournal as bad:  # the machine gives back what it could not begin, and strikes it
            del self.journal[bad.seq - 1 :]

    def _at_the_machine(self, *did):
        sale = f"s{len(self.journal)}"
        self.writes("begin", sale=sale, reference=self.intent.reference)
        for kind, pence in did:
            self.writes(kind, pence, "" if kind == "power" else sale)
        self.sends()

    def coins(self):
        self._at_the_machine(("cash", 6000), ("cash", 500), ("change", 300), ("done", 0))

    def coins_and_cut(self):
        self._at_the_machine(("cash", 6200), ("power", 0))

    def too_few_and_cut(self):
        self._at_the_machine(("cash", 2000), ("power", 0))

    def no_change(self):
        self._at_the_machine(("cash", 5000), ("card", 1500), ("done", 0))

    def slowly(self):
        """She looks for her card so long that the hold runs out between the notes and the card."""
        sale = f"s{len(self.journal)}"
        self.writes("begin", sale=sale, reference=self.intent.reference)
        self.writes("cash", 5000, sale)
        self.sends()
        self.half_hour()
        self.work()
        if len(self.journal) and self.journal[-1].sale == sale:
            self.writes("card", 1200, sale)
            self.writes("done", 0, sale)
            self.sends()

    def sent_again(self):
        self.sends(all_of_it=True)

    # -- the deposit --------------------------------------------------------------------------------------------------

    def _keeps(self, pence):
        for held in Deposit.objects.filter(state=DepositState.HELD):
            keep(held.id, pence=pence, why="The floor was left wet and a net is torn", by=self.priya, at=self.now())

    def keeps_some(self):
        self._keeps(1500)

    def keeps_all(self):
        self._keeps(5000)

    def nine_days(self):
        """The court has been played on, and two days more have passed."""
        self.clock.advance(days=9)
        bookings.expire_holds(at=self.now())

    # -- the Direct Debit ---------------------------------------------------------------------------------------------

    def debit(self):
        self.mandate = self.mandate or agreed(self.clock)

    def file(self):
        make_submission(by=SYSTEM, at=self.now())

    def fortnight(self):
        self.clock.advance(days=14)
        settle_collected(at=self.now())

    def comes_back(self):
        one = Instalment.objects.filter(state__in=("sent", "taken"), file__isnull=False).select_related("file").first()
        if one is not None:
            raw = arudd(self.mandate, one.file.processing_on, one.pence)
            for _ in range(2):
                bring_report(raw, name="r.xml", by=SYSTEM, at=self.now())

    def ends_it(self):
        if self.mandate is not None:
            end(self.mandate.id, who="payer", why="asked", by=SYSTEM, at=self.now())
