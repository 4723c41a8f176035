"""Accounts of residents and every way into them."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from moothall.core.ids import new_id
from moothall.core.vault import LockedText
from moothall.customers.models import ContactPointKind

WAITING = (
    "Set up after no more than a code or password: it proves no identity until she, proved again, says it is hers."
)


class Account(models.Model):
    """A resident's own way in to her record. ``password`` is a slow digest, or blank where she has none."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    customer_id = models.UUIDField(help_text="The record it was opened for; a joined one leads to the survivor.")
    password = models.CharField(max_length=160, blank=True)
    epoch = models.PositiveIntegerField(
        default=0, help_text="Raised by each change of a way in: older sessions are over."
    )
    created_at = models.DateTimeField()
    signed_in_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["customer_id"], name="account_customer")]


class SignInPoint(models.Model):
    """An e-mail address or telephone number she has shown is hers, and signs in by. One account each while it is open."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="points")
    kind = models.CharField(max_length=8, choices=ContactPointKind.choices)
    value = models.CharField(max_length=254, unique=True)
    confirmed_at = models.DateTimeField()


class Code(models.Model):
    """A code sent to an address to see whether it is hers: good once, for minutes, for a few tries. Its digest is kept."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=8, choices=ContactPointKind.choices)
    value = models.CharField(max_length=254)
    digest = models.CharField(max_length=64)
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="account_code_expiry")]


class Identity(models.Model):
    """Who an identity provider says she is: its issuer and its own lasting name for her (``sub``)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="identities")
    issuer = models.CharField(max_length=255)
    subject = models.CharField(max_length=255)
    trust = models.CharField(max_length=40, blank=True, help_text="The vector of trust of the last sign-in: P2.Cl.Cm.")
    linked_at = models.DateTimeField()
    used_at = models.DateTimeField()
    waiting = models.BooleanField(default=False, help_text=WAITING)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["issuer", "subject"], name="identity_once")]


class Passkey(models.Model):
    """A passkey (WebAuthn credential) of an account."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="passkeys")
    name = models.CharField(max_length=80)
    credential_id = models.BinaryField(unique=True, max_length=1023)
    public_key = models.BinaryField()
    sign_count = models.BigIntegerField(default=0)
    created_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    waiting = models.BooleanField(default=False, help_text=WAITING)


class Authenticator(models.Model):
    """An app that shows codes (TOTP, RFC 6238). ``last_step`` is the last time step whose code was taken: none twice."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    account = models.OneToOneField(Account, on_delete=models.CASCADE, related_name="authenticator")
    secret = LockedText(help_text="Base 32.")
    last_step = models.BigIntegerField(default=0)
    created_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    spare_codes = ArrayField(models.CharField(max_length=64), default=list, help_text="Digests; each good once.")
    waiting = models.BooleanField(default=False, help_text=WAITING)


class Verification(models.Model):
    """That somebody's identity was proved: how, how strongly, by whom, from what. Never deleted, but may be revoked."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    customer_id = models.UUIDField()
    account = models.ForeignKey(Account, null=True, on_delete=models.SET_NULL, related_name="verifications")
    how = models.CharField(max_length=20, help_text="provider or in_person.")
    provider = models.CharField(max_length=255, blank=True)
    level = models.CharField(max_length=12, help_text="P1, P2 …; in person: P2.")
    evidence = ArrayField(models.CharField(max_length=60), default=list, help_text="Codes of the pack: passport.")
    staff_id = models.UUIDField(null=True)
    at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    revoked_because = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [models.Index(fields=["customer_id", "at"], name="verification_customer")]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "provider"], name="verification_standing_once",
                condition=Q(revoked_at__isnull=True, how="provider"),
            )
        ]  # fmt: skip


class Claim(models.Model):
    """A case asked for before she had an account, which she has shown is hers. The case keeps the record it was made with."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="claims")
    case_id = models.UUIDField()
    how = models.CharField(max_length=12, help_text="reference or contact.")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "case_id"], name="claim_once")]
        indexes = [models.Index(fields=["case_id"], name="claim_case")]
