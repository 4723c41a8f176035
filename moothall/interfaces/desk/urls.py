"""The addresses of the desk."""

from django.urls import path

from moothall.interfaces.desk import calls, cases, diary, finding, home, matters, people, proofs, queue, records, tasks

app_name = "desk"

urlpatterns = [
    path("", home.home, name="home"),
    path("theme", home.theme, name="theme"),
    path("search", finding.search, name="search"),
    path("addresses", matters.addresses, name="addresses"),
    path("contacts/begin", home.begin, name="begin"),
    path("contacts/<uuid:contact_id>/", calls.contact, name="contact"),
    path("contacts/<uuid:contact_id>/who", calls.who, name="who"),
    path("contacts/<uuid:contact_id>/speaking/check", calls.speaking, {"what": "check"}, name="check"),
    path("contacts/<uuid:contact_id>/speaking/for", calls.speaking, {"what": "for"}, name="speaks-for"),
    path("contacts/<uuid:contact_id>/speaking/help", calls.speaking, {"what": "help"}, name="helped"),
    path("contacts/<uuid:contact_id>/find", calls.find_caller, name="find-caller"),
    path("contacts/<uuid:contact_id>/newcomer", calls.newcomer, name="newcomer"),
    path("contacts/<uuid:contact_id>/services", calls.find_service, name="find-service"),
    path("contacts/<uuid:contact_id>/matters", calls.add_matter, name="add-matter"),
    path("contacts/<uuid:contact_id>/chase/<uuid:case_id>", calls.chase, name="chase"),
    path("contacts/<uuid:contact_id>/finish", calls.finish, name="finish"),
    path("contacts/<uuid:contact_id>/slip", finding.slip, name="slip"),
    path("contacts/<uuid:contact_id>/matters/<uuid:matter_id>/keep", matters.keep, name="keep"),
    path("contacts/<uuid:contact_id>/matters/<uuid:matter_id>/send", matters.send, name="send"),
    path("contacts/<uuid:contact_id>/matters/<uuid:matter_id>/call-back", matters.call_back, name="call-back"),
    path("contacts/<uuid:contact_id>/matters/<uuid:matter_id>/end", matters.end, name="end-matter"),
    path("people/<uuid:customer_id>/", people.person, name="person"),
    path("people/<uuid:customer_id>/contact", people.begin, name="begin-with"),
    path("people/<uuid:customer_id>/proof", proofs.prove, name="prove-person"),
    path("people/<uuid:customer_id>/representations", proofs.represent, name="represent"),
    path(
        "people/<uuid:customer_id>/representations/<uuid:representation_id>/end", proofs.end, name="end-representation"
    ),
    path("people/<uuid:customer_id>/representations/<uuid:representation_id>/contact", proofs.speak, name="speak-for"),
    path("people/<uuid:customer_id>/needs", people.needs, name="needs"),
    path("records/", records.waiting, name="records"),
    path("records/<uuid:pair_id>", records.pair, name="pair"),
    path("records/<uuid:pair_id>/decide", records.decide, name="pair-decide"),
    path("records/merges/<uuid:merge_id>/part", records.part, name="part"),
    path("records/unsettled/<uuid:unsettled_id>", records.settle, name="settle"),
    path("records/other/<uuid:record_id>/not-theirs", records.not_theirs, name="not-theirs"),
    path("people/<uuid:customer_id>/details", people.details, name="details"),
    path("people/<uuid:customer_id>/compare", records.side_by_side, name="compare"),
    path("queue/", queue.queue, name="queue"),
    path("queue/next", queue.after_this, name="queue-next"),
    path("queue/many", queue.many, name="queue-many"),
    path("diary/", diary.diary, name="diary"),
    path("diary/book", diary.book, name="diary-book"),
    path("diary/<uuid:booking_id>", diary.mark, name="diary-mark"),
    path("tasks/", tasks.tasks, name="tasks"),
    path("tasks/<uuid:task_id>/done", tasks.done, name="task-done"),
    path("tasks/told/<uuid:telling_id>", tasks.told, name="told"),
    path("cases/<uuid:case_id>/", cases.case, name="case"),
    path("cases/<uuid:case_id>/here", cases.here, name="case-here"),
    path("cases/<uuid:case_id>/keep", cases.keep, name="case-keep"),
    path("cases/<uuid:case_id>/<slug:act>", cases.act, name="case-act"),
]
