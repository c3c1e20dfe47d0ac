"""Every page on one screen."""

from django.urls import include, path
from django.views.i18n import set_language

from huoqun.web import console, group, health, importing

_group = [
    path("", group.page, name="group"),
    path("card", group.card, name="card"),
    path("records", group.records, name="records"),
    path("marks", group.marks, name="marks"),
    path("marks/<uuid:which>/remove", group.unmark, name="unmark"),
    path("status", group.status, name="group_status"),
    path("again", group.again, name="group_again"),
    path("page.html", group.as_file, name="group_file"),
    path("document.json", group.as_json, name="group_json"),
    path("remove", group.remove, name="remove"),
    path("restore", group.restore, name="restore"),
]
_import = [
    path("", importing.page, name="import"),
    path("progress", importing.progress, name="import_progress"),
    path("again", importing.again, name="import_again"),
]
urlpatterns = [
    path("", console.home, name="home"),
    path("groups.csv", console.as_csv, name="groups_csv"),
    path("groups/<uuid:key>/", include(_group)),
    path("imports/", importing.imports, name="imports"),
    path("imports/open", console.under_way, name="under_way"),
    path("imports/<uuid:key>/", include(_import)),
    path("example", importing.example, name="example"),
    path("language", set_language, name="set_language"),
    path("health", health.health, name="health"),
    path("health/banner", health.banner, name="health_banner"),
]
handler400 = "huoqun.web.fault.bad_request"
handler404 = "huoqun.web.fault.not_found"
handler500 = "huoqun.web.fault.broken"
