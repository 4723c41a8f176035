"""Where each audience lives."""

from __future__ import annotations

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

AUDIENCES = (
    ("", "moothall.interfaces.hooks.urls"),
    ("", "moothall.interfaces.ui.urls"),
    ("api/v1/", "moothall.interfaces.api.urls"),
    ("", "moothall.interfaces.api.roots"),
    ("open311/", "moothall.interfaces.api.open311.urls"),
    ("open-referral/", "moothall.interfaces.api.open_referral.urls"),
    ("sign-in/", "moothall.interfaces.signin.urls"),
    ("account/", "moothall.interfaces.account.urls"),
    ("mine/", "moothall.interfaces.colleagues.urls"),
    ("desk/", "moothall.interfaces.desk.urls"),
    ("reception/", "moothall.interfaces.reception.urls"),
    ("kiosk/", "moothall.interfaces.kiosk.urls"),
    ("field/", "moothall.interfaces.field.urls"),
    ("console/", "moothall.interfaces.console.urls"),
    ("performance/", "moothall.interfaces.published.urls"),
    ("demo/", "moothall.interfaces.demo.urls"),
    ("", "moothall.interfaces.site.urls"),
)

urlpatterns: list[URLPattern | URLResolver] = [
    path(prefix, include(module)) for prefix, module in AUDIENCES if find_spec(module) is not None
]

handler400 = "moothall.interfaces.site.views.about.bad_request"
handler403 = "moothall.interfaces.site.views.about.refused"
handler404 = "moothall.interfaces.site.views.about.not_found"
handler500 = "moothall.interfaces.site.views.about.broken"
