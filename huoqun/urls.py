"""Every page on one screen: address, what shows it, of what it is, and which permission it needs."""

from django.urls import include, path
from django.views.i18n import set_language

from huoqun.people import role
from huoqun.web import (
    console,
    entry,
    group,
    health,
    importing,
    log,
    member_survey,
    places,
    survey,
    survey_results,
    team,
)
from huoqun.web.gate import pattern
from huoqun.web.route import Route, both, read, write
from huoqun.web.scope import (
    ACCOUNT,
    ANY_GROUP,
    GROUP,
    INVITATION,
    KEEPER,
    OPEN,
    REMOVED_GROUP,
    STAFF,
    SURVEY,
    UPLOAD,
    WORKSPACE,
)

_W = "w/<slug:workspace>"
_G = "groups/<uuid:group>"
_S = "surveys/<uuid:survey>"
ROUTES: tuple[Route, ...] = (
    read("health", health.health, "health"),
    read("health/banner", health.banner, "health_banner"),
    write("language", set_language, "set_language"),
    # coming in
    both("start", entry.start, "start", OPEN),
    both("join/<slug:secret>", entry.join, "join", OPEN),
    read("", console.front, "front", ACCOUNT),
    read("account/password/reset/", entry.forgotten, "account_reset_password", OPEN),
    # workspaces and staff
    read("workspaces", places.page, "workspaces", ACCOUNT),
    write("workspaces/new", places.begin, "new_workspace", KEEPER),
    both(f"{_W}/settings", places.settings, "workspace", WORKSPACE, role.EDIT_WORKSPACE, role.EDIT_WORKSPACE),
    read(f"{_W}/team", team.page, "team", WORKSPACE, role.SEE_STAFF),
    read(f"{_W}/roles", team.roles, "roles", WORKSPACE, role.SEE_STAFF),
    write(f"{_W}/team/invite", team.invite, "invite", WORKSPACE, role.EDIT_STAFF),
    write("invitations/<uuid:invitation>/withdraw", team.withdraw, "withdraw", INVITATION, role.EDIT_STAFF),
    write("team/<uuid:member>/role", team.change, "change_role", STAFF, role.EDIT_STAFF),
    write("team/<uuid:member>/dismiss", team.dismiss, "dismiss", STAFF, role.EDIT_STAFF),
    read(f"{_W}/log", log.page, "log", WORKSPACE, role.SEE_AUDIT),
    read(f"{_W}/log.csv", log.as_csv, "log_csv", WORKSPACE, role.SEE_AUDIT),
    # surveys
    read(f"{_W}/surveys", survey.page, "surveys", WORKSPACE, role.SEE_SURVEYS),
    write(f"{_W}/surveys/new", survey.begin, "new_survey", WORKSPACE, role.EDIT_SURVEYS),
    read(f"{_S}/", survey.one, "survey", SURVEY, role.SEE_SURVEYS),
    read(f"{_S}/preview", survey.preview, "survey_preview", SURVEY, role.SEE_SURVEYS),
    read(f"{_S}/results", survey_results.page, "survey_results", SURVEY, role.SEE_SURVEYS),
    read(f"{_S}/answers.csv", survey_results.as_csv, "survey_csv", SURVEY, role.EXPORT),
    write(f"{_S}/questions", survey.questions, "survey_questions", SURVEY, role.EDIT_SURVEYS),
    write(f"{_S}/about", survey.about, "survey_about", SURVEY, role.EDIT_SURVEYS),
    write(f"{_S}/open", survey.open_it, "survey_open", SURVEY, role.EDIT_SURVEYS),
    read(f"{_S}/asked", survey.asked, "survey_asked", SURVEY, role.EDIT_SURVEYS),
    write(f"{_S}/remind", survey.remind, "survey_remind", SURVEY, role.EDIT_SURVEYS),
    write(f"{_S}/decide", survey.decide, "survey_decide", SURVEY, role.EDIT_SURVEYS),
    write(f"{_S}/close", survey.close, "survey_close", SURVEY, role.EDIT_SURVEYS),
    write(f"{_S}/remove", survey.remove, "survey_remove", SURVEY, role.EDIT_SURVEYS),
    both("s/<str:token>", member_survey.page, "member_survey", OPEN),
    # groups
    read(f"{_W}/", console.home, "home", WORKSPACE, role.SEE_GROUPS),
    read(f"{_W}/groups.csv", console.as_csv, "groups_csv", WORKSPACE, role.EXPORT),
    write(f"{_W}/example", importing.example, "example", WORKSPACE, role.IMPORT),
    read(f"{_G}/", group.page, "group", GROUP, role.SEE_GROUPS),
    read(f"{_G}/records", group.records, "records", GROUP, role.SEE_GROUPS),
    read(f"{_G}/status", group.status, "group_status", GROUP, role.SEE_GROUPS),
    read(f"{_G}/page.html", group.as_file, "group_file", GROUP, role.EXPORT),
    read(f"{_G}/document.json", group.as_json, "group_json", GROUP, role.EXPORT),
    both(f"{_G}/card", group.card, "card", GROUP, role.SEE_GROUPS, role.EDIT_GROUPS),
    both(f"{_G}/marks", group.marks, "marks", GROUP, role.SEE_GROUPS, role.EDIT_GROUPS),
    write(f"{_G}/marks/<uuid:which>/remove", group.unmark, "unmark", GROUP, role.EDIT_GROUPS),
    write(f"{_G}/again", group.again, "group_again", GROUP, role.IMPORT),
    write(f"{_G}/remove", group.remove, "remove", ANY_GROUP, role.REMOVE_GROUPS),
    write(f"{_G}/restore", group.restore, "restore", REMOVED_GROUP, role.REMOVE_GROUPS),
    # imports
    both(f"{_W}/imports/", importing.imports, "imports", WORKSPACE, role.SEE_GROUPS, role.IMPORT),
    read(f"{_W}/imports/open", console.under_way, "under_way", WORKSPACE, role.SEE_GROUPS),
    read("imports/<uuid:upload>/", importing.page, "import", UPLOAD, role.SEE_GROUPS),
    read("imports/<uuid:upload>/progress", importing.progress, "import_progress", UPLOAD, role.SEE_GROUPS),
    write("imports/<uuid:upload>/again", importing.again, "import_again", UPLOAD, role.IMPORT),
)
urlpatterns = [*map(pattern, ROUTES), path("account/", include("allauth.urls"))]
handler400 = "huoqun.web.fault.bad_request"
handler404 = "huoqun.web.fault.not_found"
handler500 = "huoqun.web.fault.broken"
