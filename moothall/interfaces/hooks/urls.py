"""Addresses for machines: health, metrics and what providers call back."""

from __future__ import annotations

from django.urls import path

from moothall.interfaces.hooks import contractors, health, notify, partners, pay, social, stop, voice

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics_page, name="metrics"),
    path("hooks/notify/receipt", notify.receipt, name="notify-receipt"),
    path("hooks/notify/text", notify.text, name="notify-text"),
    path("hooks/repairs/<slug:contractor>", contractors.told, name="repairs-hook"),
    path("hooks/voice/twilio", voice.twilio, name="voice-twilio"),
    path("hooks/voice/twilio/<int:number>", voice.twilio, name="voice-twilio-turn"),
    path("hooks/voice/vxml/<slug:key>/<str:call_id>", voice.voicexml, name="voice-vxml"),
    path("hooks/voice/vxml/<slug:key>/<str:call_id>/<int:number>", voice.voicexml, name="voice-vxml-turn"),
    path("hooks/voice/vxml/<slug:key>/<str:call_id>/over", voice.voicexml_over, name="voice-vxml-over"),
    path("hooks/calls", voice.calls, name="call-events"),
    path("hooks/twilio/text", voice.twilio_text, name="twilio-text"),
    path("hooks/twilio/status/<str:reference>", voice.twilio_status, name="twilio-status"),
    path("hooks/facebook", social.facebook, name="facebook-hook"),
    path("hooks/open311/photos/<uuid:referral>/<uuid:photo>/<slug:token>.jpg", partners.photo, name="open311-photo"),
    path("hooks/open311/<slug:partner>", partners.told, name="open311-hook"),
    path("hooks/pay/<slug:name>", pay.pay, name="pay-hook"),
    path("messages/stop/<str:token>", stop.stop, name="stop-messages"),
]
