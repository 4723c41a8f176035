"""The public interfaces where somebody leaves out the slash at the end: a page of another site cannot follow a redirect that
does not let it read the answer, so they answer there themselves."""

from __future__ import annotations

from django.urls import path

from moothall.interfaces.api.open311 import views as open311
from moothall.interfaces.api.open_referral import views as open_referral

urlpatterns = [path("open311", open311.nothing), path("open-referral", open_referral.root)]
