"""Settings of what we send: who carries e-mail, texts and letters, and the lines to them."""

from __future__ import annotations

from pathlib import Path

from moothall.config.env import Env


def carriers(env: Env, production: bool) -> tuple[dict[str, str], Path | None]:
    """Return who carries each channel here, and the folder that letters are printed from."""
    usual = "none" if production else "local"
    by = {
        "email": env.choice(
            "MOOTHALL_EMAIL_BY",
            "Who carries e-mail: the council's mail server, GOV.UK Notify, the demonstration's outbox, or nobody yet.",
            options=("smtp", "notify", "local", "none"),
            default=usual,
        ),
        "sms": env.choice(
            "MOOTHALL_SMS_BY",
            "Who carries text messages: GOV.UK Notify, Twilio, the demonstration's outbox, or nobody yet.",
            options=("notify", "twilio", "local", "none"),
            default=usual,
        ),
        "post": env.choice(
            "MOOTHALL_LETTERS_BY",
            "Who carries letters: GOV.UK Notify, a folder to print from, the demonstration's outbox, or nobody yet.",
            options=("notify", "folder", "local", "none"),
            default=usual,
        ),
    }
    if production and "local" in by.values():
        env.problem(
            "MOOTHALL_EMAIL_BY, MOOTHALL_SMS_BY and MOOTHALL_LETTERS_BY", "may be “local” only in a demonstration."
        )
    folder = env.path("MOOTHALL_PRINT_FOLDER", "The folder that letters are put into for a printer, a folder a day.")
    if by["post"] == "folder" and folder is None:
        env.problem("MOOTHALL_PRINT_FOLDER", "must be set where MOOTHALL_LETTERS_BY is “folder”.")
    return by, folder


def lines_out(env: Env, by: dict[str, str]) -> tuple[str, str, str, dict[str, str]]:
    """Return the mail server's address, Notify's address and key, and the ids of our templates there."""
    smtp = env.text(
        "MOOTHALL_SMTP_URL",
        "The mail server, as smtp://user:password@host:587?tls=starttls (or smtps://…, or ?tls=none inside your own "
        "network).",
        required=by["email"] == "smtp",
    )
    url = env.text(
        "MOOTHALL_NOTIFY_URL",
        "The address of GOV.UK Notify, or of a twin of it for tests.",
        default="https://api.notifications.service.gov.uk",
    )
    key = env.text(
        "MOOTHALL_NOTIFY_KEY",
        "The API key of the council's service at GOV.UK Notify.",
        required="notify" in by.values(),
    )
    templates = {
        "email": env.text(
            "MOOTHALL_NOTIFY_EMAIL_TEMPLATE",
            "The id of the e-mail template at GOV.UK Notify: subject ((subject)), message ((body)).",
            required=by["email"] == "notify",
        ),
        "sms": env.text(
            "MOOTHALL_NOTIFY_SMS_TEMPLATE",
            "The id of the text message template at GOV.UK Notify: message ((body)).",
            required=by["sms"] == "notify",
        ),
    }
    return smtp, url, key, templates


def twilio(env: Env, by: dict[str, str]) -> tuple[str, str, str, str]:
    """Return the council's account at Twilio, its token, what texts are from, and Twilio's address."""
    texts = by["sms"] == "twilio"
    return (
        env.text("MOOTHALL_TWILIO_ACCOUNT", "The council's account at Twilio (AC…), where it carries texts.", required=texts),
        env.text(
            "MOOTHALL_TWILIO_TOKEN",
            "The auth token of the council’s Twilio account: it signs what comes in, and lets us send.",
            required=texts,
        ),
        env.text(
            "MOOTHALL_TWILIO_FROM", "What texts by Twilio are from: a number (+44…) or a messaging service (MG…).",
            required=texts,
        ),
        env.text("MOOTHALL_TWILIO_URL", "The address of Twilio, or of a twin of it.", default="https://api.twilio.com"),
    )  # fmt: skip
