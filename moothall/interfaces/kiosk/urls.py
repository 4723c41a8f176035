"""The kiosk's own addresses; the site's stand beside them under the same prefix (see `mount`)."""

from django.urls import path

from moothall.interfaces.kiosk import views

app_name = "kiosk"

urlpatterns = [
    path("", views.home, name="home"),
    path("over", views.over, name="over"),
    path("stay", views.stay, name="stay"),
    path("helped", views.helped, name="helped"),
    path("arrive", views.check_in, name="arrive"),
    path("point/<slug:centre>/<slug:key>", views.point, name="point"),
]
