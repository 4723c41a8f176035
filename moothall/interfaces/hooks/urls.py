"""Addresses for machines: health, metrics and what providers call back."""

from __future__ import annotations

from django.urls import path

from moothall.interfaces.hooks import health, notify, pay, stop

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics_page, name="metrics"),
    path("hooks/notify/receipt", notify.receipt, name="notify-receipt"),
    path("hooks/notify/text", notify.text, name="notify-text"),
    path("hooks/pay/<slug:name>", pay.pay, name="pay-hook"),
    path("messages/stop/<str:token>", stop.stop, name="stop-messages"),
]
