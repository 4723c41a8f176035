"""Writings: what arrived in writing, on any channel, until somebody has dealt with it."""

from django.db import models
from django.db.models import Q

from moothall.core.ids import new_id


class WritingState(models.TextChoices):
    """Where a writing stands. ``asked``: a colleague was asked about it, and it comes back with what she says."""

    OPEN = "open", "To be dealt with"
    ASKED = "asked", "With a colleague"
    DONE = "done", "Dealt with"


class Ending(models.TextChoices):
    """What became of a writing."""

    ANSWERED = "answered", "Answered"
    RAISED = "raised", "A request was raised, and its promise told"
    NO_ANSWER = "no_answer", "No answer needed"
    MACHINE = "machine", "Written by a machine"
    RATED = "rated", "Said how we did"


class Machine(models.TextChoices):
    """Why we take a writing for the work of a machine. Such a writing is no contact: nobody was in touch."""

    AUTO_REPLY = "auto_reply", "Automatic reply"
    BOUNCE = "bounce", "Could not be delivered"
    DELAYED = "delayed", "Delivery is delayed"
    DELIVERED = "delivered", "Delivery report"
    READ = "read", "Read receipt"
    LIST = "list", "Mailing list"
    NOTICE = "notice", "Sent by a machine"
    LOOP = "loop", "Our own message come back"
    SPAM = "spam", "Marked as spam"
    MUTED = "muted", "From a muted account"


READ_BY_NOBODY = frozenset(
    {Machine.AUTO_REPLY, Machine.BOUNCE, Machine.DELAYED, Machine.DELIVERED, Machine.READ, Machine.LOOP}
)
"""Kinds that are dealt with as they arrive. The others wait for somebody to look, without a promise."""


class Writing(models.Model):
    """One thing that arrived in writing. ``text`` is what is new in it; ``whole`` has what was quoted and signed, too.

    ``sender`` is what it says of itself: nobody is known by it. ``contact_id`` is empty for what a machine wrote.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    channel = models.CharField(max_length=12)
    external_id = models.CharField(
        max_length=200, help_text="With the channel: the same thing again is the same writing."
    )
    contact_id = models.UUIDField(null=True, unique=True)
    thread_id = models.UUIDField(
        help_text="The first writing of the exchange it belongs to; its own id when it is the first."
    )
    case_id = models.UUIDField(null=True)
    sure = models.BooleanField(default=False, help_text="It surely comes from whom the case's messages went to.")
    inbox = models.CharField(max_length=64)
    team = models.CharField(max_length=60)
    assignee_id = models.UUIDField(null=True)
    restricted = models.CharField(max_length=40, blank=True)
    state = models.CharField(max_length=8, choices=WritingState.choices, default=WritingState.OPEN)
    ended = models.CharField(max_length=12, blank=True, choices=Ending.choices)
    machine = models.CharField(max_length=12, blank=True, choices=Machine.choices)
    received_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, help_text="When the answer is promised; a cache for the list.")
    done_at = models.DateTimeField(null=True)
    sender = models.CharField(max_length=254, blank=True)
    sender_name = models.CharField(max_length=200, blank=True)
    answer_to = models.CharField(max_length=254, blank=True, help_text="Where an answer goes, as the writing asks.")
    sent_to = models.CharField(max_length=254, blank=True)
    subject = models.CharField(max_length=300, blank=True)
    text = models.TextField(blank=True)
    whole = models.TextField(blank=True)
    message_id = models.CharField(max_length=300, blank=True, help_text="The sender's own id, for threading.")
    references = models.JSONField(default=list, help_text="The ids it answers, oldest first.")
    language = models.CharField(
        max_length=12, blank=True, default="", db_default="", help_text="What it is written in, where that was told."
    )
    verdicts = models.JSONField(
        default=dict, help_text="What was checked of it: spf, dkim, dmarc, spam, by=who checked."
    )
    remarks = models.JSONField(default=list, help_text="What a reader should know of how it came: sentences.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["channel", "external_id"], name="writing_once")]
        indexes = [
            models.Index(fields=["due_at", "id"], name="writing_waiting", condition=~Q(state="done")),
            models.Index(fields=["-received_at", "-id"], name="writing_newest"),
            models.Index(fields=["thread_id", "received_at"], name="writing_thread"),
            models.Index(fields=["message_id"], name="writing_message_id", condition=~Q(message_id="")),
            models.Index(fields=["case_id"], name="writing_case", condition=Q(case_id__isnull=False)),
            models.Index(fields=["sender", "-received_at"], name="writing_sender", condition=~Q(sender="")),
        ]


class Answer(models.Model):
    """What an officer wrote back. ``message_id`` is the message that carried it, where a message did."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    writing = models.ForeignKey(Writing, on_delete=models.CASCADE, related_name="answers")
    message_id = models.UUIDField(null=True)
    staff_id = models.UUIDField(null=True)
    at = models.DateTimeField()
    text = models.TextField()


class Question(models.Model):
    """What was asked of a colleague or her team about a writing, and what they said."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    writing = models.ForeignKey(Writing, on_delete=models.CASCADE, related_name="questions")
    team = models.CharField(max_length=60)
    asked_by = models.UUIDField(null=True)
    asked_at = models.DateTimeField()
    text = models.TextField()
    answer = models.TextField(blank=True)
    answered_by = models.UUIDField(null=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["team"], name="question_waiting", condition=Q(answered_at__isnull=True))]
        constraints = [
            models.UniqueConstraint(fields=["writing"], condition=Q(answered_at__isnull=True), name="question_one_open")
        ]


class Post(models.Model):
    """What a writing was on its social network: who wrote it, whether everyone can read it, what an answer refers to."""

    writing = models.OneToOneField(Writing, primary_key=True, on_delete=models.CASCADE, related_name="post")
    network = models.CharField(max_length=20)
    author_id = models.CharField(max_length=200, help_text="The network's own id of the account.")
    author = models.CharField(max_length=254, help_text="The account's handle, as people write it.")
    private = models.BooleanField(help_text="Only the author and we can read it.")
    refs = models.JSONField(default=dict, help_text="What an answer has to name, as the network wants it.")
    link = models.CharField(max_length=500, blank=True)
    handed_at = models.DateTimeField(null=True, help_text="We wrote to the author privately.")

    class Meta:
        indexes = [models.Index(fields=["network", "author_id"], name="post_author")]


class ReplyState(models.TextChoices):
    """Where a public answer stands between the one who wrote it and the one who checks it."""

    WAITING = "waiting", "To be checked"
    AGREED = "agreed", "Checked and sent"
    BACK = "back", "Sent back"


class Reply(models.Model):
    """A public answer that somebody else has to check before everyone can read it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    writing = models.ForeignKey(Writing, on_delete=models.CASCADE, related_name="replies")
    text = models.TextField()
    cause = models.CharField(max_length=40)
    state = models.CharField(max_length=8, choices=ReplyState.choices, default=ReplyState.WAITING)
    written_by = models.UUIDField(null=True)
    written_at = models.DateTimeField()
    checked_by = models.UUIDField(null=True)
    checked_at = models.DateTimeField(null=True)
    why = models.CharField(max_length=300, blank=True, help_text="Why it was sent back.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["writing"], condition=Q(state="waiting"), name="reply_one_waiting")
        ]


class MeasureKind(models.TextChoices):
    """What was done about abuse."""

    HIDDEN = "hidden", "Words folded away"
    MUTED = "muted", "Account muted"
    UNMUTED = "unmuted", "Account heard again"


class Measure(models.Model):
    """Something done about abuse, by whom, for which reason of the pack. Never changed: its end is another."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=8, choices=MeasureKind.choices)
    network = models.CharField(max_length=20)
    author_id = models.CharField(max_length=200)
    author = models.CharField(max_length=254)
    writing = models.ForeignKey(Writing, null=True, on_delete=models.SET_NULL, related_name="measures")
    reason = models.CharField(max_length=64)
    by_id = models.UUIDField(null=True)
    at = models.DateTimeField()
    until = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["network", "author_id", "-at"], name="measure_author"),
            models.Index(fields=["-at", "-id"], name="measure_newest"),
        ]


class Feed(models.Model):
    """How far one social network, the mailbox for e-mail or a folder of scans has been read, and since when it cannot be."""

    network = models.CharField(primary_key=True, max_length=20)
    places = models.JSONField(default=dict, help_text="Where reading goes on, as the network counts.")
    asked_at = models.DateTimeField(null=True)
    heard_at = models.DateTimeField(null=True, help_text="It last answered.")
    trouble = models.CharField(max_length=300, blank=True)
    trouble_since = models.DateTimeField(null=True)
    again_at = models.DateTimeField(null=True, help_text="Not asked before: it said when to come back.")
