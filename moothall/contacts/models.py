"""Every touch on every channel, and the matters raised in it."""

from django.db import models
from django.db.models import Q

from moothall.core.ids import new_id


class ContactState(models.TextChoices):
    """Whether the contact still goes on."""

    OPEN = "open", "Open"
    CLOSED = "closed", "Closed"


class IdentityCheck(models.TextChoices):
    """How an officer made sure who somebody is."""

    FACTS = "facts", "They knew two things we hold"
    CALL_BACK = "call_back", "Rang them back on a number we hold"
    DOCUMENT = "document", "Saw a document with their picture"
    FAILED = "failed", "They could not show who they are"


class Capacity(models.TextChoices):
    """As what somebody speaks for the customer."""

    FAMILY = "family", "Family or friend"
    CARER = "carer", "Carer or support worker"
    LEGAL = "legal", "Attorney or deputy"
    COUNCILLOR = "councillor", "Councillor or MP"
    ORGANISATION = "organisation", "Another organisation"


class NotOnline(models.TextChoices):
    """Why somebody was helped with what can be done online."""

    NO_INTERNET = "no_internet", "No internet or no device"
    NOT_CONFIDENT = "not_confident", "Not sure how"
    DISABILITY = "disability", "A disability or illness"
    LANGUAGE = "language", "Another language"
    SITE_FAILED = "site_failed", "They tried and it did not work"
    RATHER_TALK = "rather_talk", "Would rather speak to somebody"


class Outreach(models.TextChoices):
    """Where away from our offices an officer met somebody."""

    HOME = "home", "At their home"
    SURGERY = "surgery", "At a surgery"
    HUB = "hub", "At a library or community hub"
    ELSEWHERE = "elsewhere", "Somewhere else"


class Contact(models.Model):
    """One call, visit, form, letter, message or post. ``cause`` is the reason by National Indicator 14, from the pack."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    reference = models.CharField(max_length=8, unique=True)
    channel = models.CharField(max_length=12)
    direction = models.CharField(max_length=3, default="in")
    state = models.CharField(max_length=8, choices=ContactState.choices, default=ContactState.CLOSED)
    customer_id = models.UUIDField(null=True)
    source_record_id = models.UUIDField(null=True, help_text="The other system's record it was about, if it named one.")
    staff_id = models.UUIDField(null=True)
    service = models.CharField(max_length=80, blank=True, help_text="The first matter's service.")
    area = models.CharField(max_length=20, blank=True)
    external_id = models.CharField(max_length=200, blank=True, help_text="The provider's own id, for once-only intake.")
    caller = models.CharField(max_length=254, blank=True, help_text="Number or address it came from, as given.")
    received_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    cause = models.CharField(max_length=40, blank=True)
    done_in_one = models.BooleanField(null=True)
    note = models.TextField(blank=True)
    assisted = models.BooleanField(default=False, help_text="An adviser or helper filled in the web journey.")
    helped_because = models.CharField(max_length=16, blank=True, choices=NotOnline.choices, default="", db_default="")
    helped_by = models.UUIDField(null=True, help_text="The officer who helped with what she sent herself.")
    outreach = models.CharField(max_length=12, blank=True, choices=Outreach.choices, default="", db_default="")
    outreach_at = models.CharField(
        max_length=80, blank=True, default="", db_default="", help_text="The place's name; never a home's address."
    )
    identity_check = models.CharField(
        max_length=12, blank=True, choices=IdentityCheck.choices, default="", db_default=""
    )
    identity_checked_by = models.UUIDField(null=True)
    speaker = models.CharField(max_length=120, blank=True, default="", db_default="",
                               help_text="Who was in touch, where it was somebody else than the customer.")  # fmt: skip
    speaks_as = models.CharField(max_length=16, blank=True, choices=Capacity.choices, default="", db_default="")
    imported = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(fields=["customer_id", "-received_at"], name="contact_customer"),
            models.Index(fields=["-received_at", "-id"], name="contact_newest"),
            models.Index(fields=["staff_id", "state"], name="contact_open_of_staff", condition=Q(state="open")),
            models.Index(fields=["caller"], name="contact_caller"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "external_id"], name="contact_external_once", condition=~Q(external_id="")
            )
        ]


class Outcome(models.TextChoices):
    """How one matter of a contact ended for the customer."""

    DONE = "done", "Done in this contact"
    HANDED_ON = "handed_on", "Handed on with a promise"
    INFORMED = "informed", "Answered from knowledge"
    SIGNPOSTED = "signposted", "Sent to the right place"
    ABANDONED = "abandoned", "Not finished"
    UNKNOWN = "unknown", "Not known how it ended"


class Matter(models.Model):
    """One thing the customer wanted in a contact. ``case_id`` names the case it opened or joined."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="matters")
    service = models.CharField(max_length=80, blank=True)
    case_id = models.UUIDField(null=True)
    outcome = models.CharField(max_length=12, choices=Outcome.choices, blank=True)
    cause = models.CharField(max_length=40, blank=True)
    dialogue_id = models.UUIDField(null=True)
    opened_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["case_id"], name="matter_case", condition=Q(case_id__isnull=False))]
