"""The addresses of reception."""

from django.urls import path

from moothall.interfaces.reception import acts, arrivals, duty, room

app_name = "reception"

urlpatterns = [
    path("", arrivals.host, name="host"),
    path("board", arrivals.board_now, name="board"),
    path("arrive", arrivals.take_in, name="arrive"),
    path("floor", arrivals.floor, name="floor"),
    path("floor/now", arrivals.floor_now, name="floor-now"),
    path("desk", duty.own_desk, name="desk"),
    path("desk/now", duty.desk_now, name="desk-now"),
    path("duty", duty.begin, name="duty"),
    path("duty/end", duty.end, name="duty-end"),
    path("next", duty.call_the_next, name="next"),
    path("asks/<uuid:ask_id>", duty.answer, name="answer"),
    path("visits/<uuid:visit_id>/call", acts.call_again, name="call"),
    path("visits/<uuid:visit_id>/serve", acts.sit_down, name="serve"),
    path("visits/<uuid:visit_id>/not-there", acts.absent, name="not-there"),
    path("visits/<uuid:visit_id>/leave", acts.leaves, name="leave"),
    path("visits/<uuid:visit_id>/change", acts.change, name="change"),
    path("visits/<uuid:visit_id>/interpret", acts.interpreter, name="interpret"),
    path("visits/<uuid:visit_id>/beside", duty.beside, name="beside"),
    path("visits/<uuid:visit_id>/ask", acts.ask, name="ask"),
    path("visits/<uuid:visit_id>/stop-asking", acts.ask_no_more, name="stop-asking"),
    path("visits/<uuid:visit_id>/hand-on", acts.pass_on, name="hand-on"),
    path("visits/<uuid:visit_id>/take-over", acts.taken_over, name="take-over"),
    path("screen/<slug:centre>/<slug:key>", room.screen, name="screen"),
    path("screen/<slug:centre>/<slug:key>/now", room.screen_now, name="screen-now"),
]
