"""Every page on one screen: address, what shows it, of what it is, and which permission it needs.

The operations of the API stand on another screen, `web/api`.
"""

from django.urls import include, path
from django.views.i18n import set_language

from huoqun.people import role
from huoqun.web import (
    api_docs,
    board,
    console,
    entry,
    founders,
    group,
    health,
    importing,
    introducing,
    log,
    member_survey,
    pasting,
    people,
    person,
    places,
    quiet,
    raising,
    searching,
    standing,
    survey,
    survey_results,
    team,
    tokens,
    touches,
    views,
)
from huoqun.web.api import NINJA, OPERATIONS
from huoqun.web.gate import pattern
from huoqun.web.route import Route, both, read, write
from huoqun.web.scope import (
    ACCOUNT,
    ANY_GROUP,
    GROUP,
    INVITATION,
    KEEPER,
    OPEN,
    PERSON,
    STAFF,
    SURVEY,
    TOKEN,
    UPLOAD,
    WORKSPACE,
)

_W = "w/<slug:workspace>"
_G = "groups/<uuid:group>"
_P = "people/<uuid:person>"
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
    both(f"{_W}/tokens", tokens.page, "tokens", WORKSPACE, role.EDIT_TOKENS, role.EDIT_TOKENS),
    write("tokens/<uuid:token>/revoke", tokens.revoke, "revoke_token", TOKEN, role.EDIT_TOKENS),
    # for programs: the operations themselves stand in web/api
    read(f"{_W}/api", api_docs.page, "api", WORKSPACE, role.EDIT_TOKENS),
    read("api/openapi.json", api_docs.schema, "openapi"),
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
    write(f"{_W}/views", views.save, "save_view", WORKSPACE, role.SEE_GROUPS),
    write(f"{_W}/views/remove", views.remove, "remove_view", WORKSPACE, role.SEE_GROUPS),
    write(f"{_W}/example", importing.example, "example", WORKSPACE, role.IMPORT),
    read(f"{_G}/", group.page, "group", GROUP, role.SEE_GROUPS),
    read(f"{_G}/records", group.records, "records", GROUP, role.SEE_GROUPS),
    read(f"{_G}/status", group.status, "group_status", GROUP, role.SEE_GROUPS),
    read(f"{_G}/page.html", group.as_file, "group_file", GROUP, role.EXPORT),
    read(f"{_G}/document.json", group.as_json, "group_json", GROUP, role.EXPORT),
    both(f"{_G}/card", group.card, "card", GROUP, role.SEE_GROUPS, role.EDIT_GROUPS),
    both(f"{_G}/stage", standing.stage, "stage", GROUP, role.SEE_GROUPS, role.EDIT_GROUPS),
    write(f"{_G}/stage/back", standing.stage_back, "stage_back", GROUP, role.EDIT_GROUPS),
    both(f"{_G}/positioning", standing.position, "positioning", GROUP, role.SEE_GROUPS, role.EDIT_GROUPS),
    both(f"{_G}/limit", standing.limit, "limit", GROUP, role.SEE_GROUPS, role.EDIT_GROUPS),
    both(f"{_G}/marks", group.marks, "marks", GROUP, role.SEE_GROUPS, role.EDIT_GROUPS),
    write(f"{_G}/marks/<uuid:which>/remove", group.unmark, "unmark", GROUP, role.EDIT_GROUPS),
    write(f"{_G}/again", group.again, "group_again", GROUP, role.IMPORT),
    write(f"{_G}/remove", group.remove, "remove", ANY_GROUP, role.REMOVE_GROUPS),
    write(f"{_G}/restore", group.restore, "restore", ANY_GROUP, role.REMOVE_GROUPS),
    # with people
    both(f"{_G}/introductions", introducing.page, "introductions", GROUP, role.SEE_PEOPLE, role.EDIT_PEOPLE),
    both(f"{_G}/silent", quiet.page, "silent", GROUP, role.SEE_PEOPLE, role.EDIT_PEOPLE),
    both(f"{_G}/raising", raising.page, "raising", GROUP, role.SEE_PEOPLE, role.EDIT_PEOPLE),
    both(f"{_G}/touches", touches.page, "touches", GROUP, role.SEE_PEOPLE, role.EDIT_PEOPLE),
    both(f"{_G}/founders", founders.page, "founders", GROUP, role.SEE_PEOPLE, role.EDIT_PEOPLE),
    both(f"{_G}/cards", pasting.page, "cards", GROUP, role.SEE_PEOPLE, role.EDIT_PEOPLE),
    both(f"{_W}/board", board.page, "board", WORKSPACE, role.SEE_PEOPLE, role.EDIT_PEOPLE),
    read(f"{_W}/board.csv", board.as_csv, "board_csv", WORKSPACE, role.EXPORT),
    # people
    read(f"{_W}/people", people.page, "people", WORKSPACE, role.SEE_PEOPLE),
    read(f"{_W}/people.csv", people.as_csv, "people_csv", WORKSPACE, role.EXPORT),
    both(f"{_W}/people/same", people.same, "same", WORKSPACE, role.MERGE_PEOPLE, role.MERGE_PEOPLE),
    read(f"{_P}/", person.page, "person", PERSON, role.SEE_PEOPLE),
    write(f"{_P}/say", person.say, "person_say", PERSON, role.EDIT_PEOPLE),
    write(f"{_P}/<uuid:which>/change", person.change, "person_change", PERSON, role.EDIT_PEOPLE),
    write(f"{_P}/<uuid:which>/remove", person.remove, "person_unsay", PERSON, role.EDIT_PEOPLE),
    write(f"{_P}/<uuid:which>/unmerge", person.unmerge, "unmerge", PERSON, role.MERGE_PEOPLE),
    read(f"{_P}/person.json", person.as_json, "person_json", PERSON, role.EXPORT),
    read(f"{_P}/messages.csv", person.as_csv, "person_csv", PERSON, role.EXPORT),
    # search
    read(f"{_W}/search", searching.page, "search", WORKSPACE, role.READ_MESSAGES),
    read(f"{_W}/search.csv", searching.as_csv, "search_csv", WORKSPACE, role.EXPORT),
    read(f"{_G}/search", searching.in_group, "group_search", GROUP, role.READ_MESSAGES),
    read(f"{_G}/search.csv", searching.group_as_csv, "group_search_csv", GROUP, role.EXPORT),
    read(f"{_G}/around", searching.around, "around", GROUP, role.READ_MESSAGES),
    # imports
    both(f"{_W}/imports/", importing.imports, "imports", WORKSPACE, role.SEE_GROUPS, role.IMPORT),
    read(f"{_W}/imports/open", console.under_way, "under_way", WORKSPACE, role.SEE_GROUPS),
    read("imports/<uuid:upload>/", importing.page, "import", UPLOAD, role.SEE_GROUPS),
    read("imports/<uuid:upload>/progress", importing.progress, "import_progress", UPLOAD, role.SEE_GROUPS),
    write("imports/<uuid:upload>/again", importing.again, "import_again", UPLOAD, role.IMPORT),
)
ALL = (*ROUTES, *OPERATIONS)
"""Pages and operations: everything that the gate guards."""
urlpatterns = [*map(pattern, ROUTES), path("api/", NINJA.urls), path("account/", include("allauth.urls"))]
handler400 = "huoqun.web.fault.bad_request"
handler404 = "huoqun.web.fault.not_found"
handler500 = "huoqun.web.fault.broken"
