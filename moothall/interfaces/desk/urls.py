"""The addresses of the desk."""

from django.urls import path

from moothall.interfaces.desk import calls, cases, finding, home, matters, people, queue, tasks

app_name = "desk"

urlpatterns = [
    path("", home.home, name="home"),
    path("theme", home.theme, name="theme"),
    path("search", finding.search, name="search"),
    path("addresses", matters.addresses, name="addresses"),
    path("contacts/begin", home.begin, name="begin"),
    path("contacts/<uuid:contact_id>/", calls.contact, name="contact"),
    path("contacts/<uuid:contact_id>/who", calls.who, name="who"),
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
    path("people/<uuid:customer_id>/needs", people.needs, name="needs"),
    path("queue/", queue.queue, name="queue"),
    path("queue/next", queue.after_this, name="queue-next"),
    path("queue/many", queue.many, name="queue-many"),
    path("tasks/", tasks.tasks, name="tasks"),
    path("tasks/<uuid:task_id>/done", tasks.done, name="task-done"),
    path("cases/<uuid:case_id>/", cases.case, name="case"),
    path("cases/<uuid:case_id>/here", cases.here, name="case-here"),
    path("cases/<uuid:case_id>/keep", cases.keep, name="case-keep"),
    path("cases/<uuid:case_id>/<slug:act>", cases.act, name="case-act"),
]
