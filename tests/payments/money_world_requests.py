"""What the model of money plays beside the court: a request with a fee, whose work begins when it is paid."""

from django.db.models import Sum

from moothall.cases.actions import close_case
from moothall.cases.models import Case, CaseState
from moothall.core.actors import SYSTEM
from moothall.core.packs import current_pack
from moothall.core.zone import council_date
from moothall.intake.actions import raise_request
from moothall.intake.dialogue import read_all
from moothall.payments import actions
from moothall.payments.models import AttemptState, Intent, IntentState, RefundState
from moothall.services.pack import SERVICES
from tests.payments.conftest import BACK
from tests.payments.test_site import ANSWERS

REQUEST = ("asks", "asks", "starts_to_pay_it", "pays_it", "pays_it", "looks_at_it", "not_done", "month")


class Requests:
    """Mrs Jones asks for garden waste, which waits for her £98; she pays it now, late, twice, or never."""

    request = None

    def asks(self):
        if self.request is None:
            service = current_pack().of(SERVICES)["garden-waste"]
            answers, wrong = read_all(service, ANSWERS, today=council_date(self.now()), channel="web")
            assert not wrong, wrong
            raised = raise_request(
                service, answers, pack=current_pack(), channel="web", customer_id=None, by=SYSTEM, at=self.now()
            )
            self.request = Intent.objects.get(case_id=raised.case_id)

    def starts_to_pay_it(self):
        if self.request is not None:
            actions.start_payment(self.request.id, come_back=BACK, by=SYSTEM, at=self.now())

    def pays_it(self):
        """She pays the newest of her tries on the provider's page; nobody has looked yet."""
        of = [one for one in self.twin.payments.values() if self.request and one["reference"].startswith(self._named())]
        if of:
            self.twin.play(of[-1]["payment_id"], "pay")

    def _named(self):
        return f"{self.request.reference}-"

    def looks_at_it(self):
        if self.request is not None:
            actions.look_at_intent(self.request.id, by=SYSTEM, at=self.now())

    def not_done(self):
        """The officer closes it without doing it."""
        if self.request is not None and Case.objects.get(id=self.request.case_id).state != CaseState.CLOSED:
            close_case(self.request.case_id, outcome="not-done-reason-given", resolved=False, by=SYSTEM, at=self.now())

    def month(self):
        """Longer than anybody waits for the money of a request."""
        self.clock.advance(days=29)
        self.drain()

    def check_request(self):
        """No request is paid for and not worked on, and none worked on and not paid for."""
        if self.request is None:
            return
        intent = Intent.objects.get(id=self.request.id)
        case = Case.objects.get(id=intent.case_id)
        paid = intent.attempts.filter(state=AttemptState.TAKEN).aggregate(sum=Sum("amount_pence"))["sum"] or 0
        back = intent.refunds.filter(state=RefundState.DONE).aggregate(sum=Sum("amount_pence"))["sum"] or 0
        closed = case.state == CaseState.CLOSED
        assert intent.state != IntentState.OWED, "after a month it is paid, or not owed"
        assert case.state != CaseState.WAITING, "nothing waits for money that came, or that never will"
        if intent.state == IntentState.DONE:
            assert paid - back == intent.amount_pence, "what is paid is all of it, once"
            assert not closed or (case.resolved or case.closed_at >= intent.done_at), "paid for, so it was worked on"
        else:
            assert (closed, case.resolved, paid - back) == (True, False, 0), "not paid for, so it is not worked on"
