"""Addresses for machines: health, metrics and what providers call back."""

from __future__ import annotations

from django.urls import path

from moothall.interfaces.hooks import health, notify, partners, pay, stop

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics_page, name="metrics"),
    path("hooks/notify/receipt", notify.receipt, name="notify-receipt"),
    path("hooks/notify/text", notify.text, name="notify-text"),
    path("hooks/open311/<slug:partner>", partners.told, name="open311-hook"),
    path("hooks/pay/<slug:name>", pay.pay, name="pay-hook"),
    path("messages/stop/<str:token>", stop.stop, name="stop-messages"),
]
