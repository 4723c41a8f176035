"""Letters and faxes: whom each is from and what about, and giving it to the inbox and its case."""

from moothall.intake.posted.filing import file_letter, file_sure
from moothall.intake.posted.forms import form_in, send_form, send_sure_form
from moothall.intake.posted.matching import Proposal, proposal_for

__all__ = ["Proposal", "file_letter", "file_sure", "form_in", "proposal_for", "send_form", "send_sure_form"]
