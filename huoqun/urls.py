"""Every page on one screen: address, what shows it, of what it is, and which permission it needs.

The operations of the API stand on another screen, `web/api`.
"""

from django.urls import include, path
from django.views.i18n import set_language

from huoqun.people import role
from huoqun.web import (
    api_docs,
    console,
    entry,
    erasing,
    group,
    health,
    importing,
    log,
    member_survey,
    network,
    people,
    period,
    person,
    person_said,
    person_same,
    places,
    plan,
    searching,
    standing,
    study,
    survey,
    survey_asked,
    survey_results,
    team,
    tokens,
    tree,
    views,
)
from huoqun.web.api import NINJA, OPERATIONS
from huoqun.web.gate import pattern
from huoqun.web.route import Route, both, read, write
from huoqun.web.scope import (
    ACCOUNT,
    ANY_GROUP,
    ERASURE,
    GROUP,
    INVITATION,
    KEEPER,
    OPEN,
    PERSON,
    STAFF,
    STUDY,
    SURVEY,
    TOKEN,
    UPLOAD,
    WORKSPACE,
)

_W = "w/<slug:workspace>"
_G = "groups/<uuid:group>"
_P = "people/<uuid:person>"
_E = "erasures/<uuid:erasure>"
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
    read(f"{_S}/live", survey_results.live, "survey_live", SURVEY, role.SEE_SURVEYS),
    read(f"{_S}/answers.csv", survey_results.as_csv, "survey_csv", SURVEY, role.EXPORT),
    read(f"{_S}/answers.xlsx", survey_results.as_xlsx, "survey_xlsx", SURVEY, role.EXPORT),
    write(f"{_S}/questions", survey.questions, "survey_questions", SURVEY, role.EDIT_SURVEYS),
    write(f"{_S}/about", survey.about, "survey_about", SURVEY, role.EDIT_SURVEYS),
    write(f"{_S}/open", survey.open_it, "survey_open", SURVEY, role.EDIT_SURVEYS),
    read(f"{_S}/asked", survey_asked.page, "survey_asked", SURVEY, role.EDIT_SURVEYS),
    read(f"{_S}/links.csv", survey_asked.as_csv, "survey_links", SURVEY, role.EDIT_SURVEYS),
    write(f"{_S}/remind", survey_asked.remind, "survey_remind", SURVEY, role.EDIT_SURVEYS),
    write(f"{_S}/decide", survey_asked.decide, "survey_decide", SURVEY, role.EDIT_SURVEYS),
    write(f"{_S}/close", survey.close, "survey_close", SURVEY, role.EDIT_SURVEYS),
    write(f"{_S}/remove", survey.remove, "survey_remove", SURVEY, role.EDIT_SURVEYS),
    both("s/<str:token>", member_survey.page, "member_survey", OPEN),
    # groups
    read(f"{_W}/", console.home, "home", WORKSPACE, role.SEE_GROUPS),
    read(f"{_W}/groups.csv", console.as_csv, "groups_csv", WORKSPACE, role.EXPORT),
    write(f"{_W}/views", views.save, "save_view", WORKSPACE, role.SEE_GROUPS),
    write(f"{_W}/views/remove", views.remove, "remove_view", WORKSPACE, role.SEE_GROUPS),
    write(f"{_W}/example", importing.example, "example", WORKSPACE, role.IMPORT),
    write(f"{_W}/example/remove", importing.remove_example, "remove_example", WORKSPACE, role.REMOVE_GROUPS),
    read(f"{_G}/", group.page, "group", GROUP, role.SEE_GROUPS),
    read(f"{_G}/records", group.records, "records", GROUP, role.SEE_GROUPS),
    read(f"{_G}/status", group.status, "group_status", GROUP, role.SEE_GROUPS),
    read(f"{_G}/network", network.page, "group_network", GROUP, role.SEE_GROUPS),
    read(f"{_G}/network.json", network.data, "network_json", GROUP, role.SEE_GROUPS),
    write(f"{_G}/network/again", network.again, "network_again", GROUP, role.IMPORT),
    read(f"{_G}/page.html", group.as_file, "group_file", GROUP, role.EXPORT),
    read(f"{_G}/document.json", group.as_json, "group_json", GROUP, role.EXPORT),
    both(f"{_G}/card", group.card, "card", GROUP, role.SEE_GROUPS, role.EDIT_GROUPS),
    read(f"{_G}/period", period.page, "period", GROUP, role.SEE_GROUPS),
    read(f"{_G}/period.csv", period.as_csv, "period_csv", GROUP, role.EXPORT),
    read(f"{_G}/plan", plan.page, "plan", GROUP, role.SEE_GROUPS),
    write(f"{_G}/plan/carer", plan.entrust, "entrust", GROUP, role.EDIT_GROUPS),
    both(f"{_G}/plan/place", plan.place, "place", GROUP, role.SEE_GROUPS, role.EDIT_GROUPS),
    both(f"{_G}/plan/goal", plan.aim, "goal", GROUP, role.SEE_GROUPS, role.EDIT_GROUPS),
    both(f"{_G}/plan/count", plan.count, "count", GROUP, role.SEE_GROUPS, role.EDIT_GROUPS),
    write(f"{_G}/plan/count/<uuid:which>/remove", plan.uncount, "uncount", GROUP, role.EDIT_GROUPS),
    write(f"{_G}/plan/goal/end", plan.end, "goal_end", GROUP, role.EDIT_GROUPS),
    both(f"{_G}/stage", standing.stage, "stage", GROUP, role.SEE_GROUPS, role.EDIT_GROUPS),
    write(f"{_G}/stage/back", standing.stage_back, "stage_back", GROUP, role.EDIT_GROUPS),
    both(f"{_G}/positioning", standing.position, "positioning", GROUP, role.SEE_GROUPS, role.EDIT_GROUPS),
    both(f"{_G}/limit", standing.limit, "limit", GROUP, role.SEE_GROUPS, role.EDIT_GROUPS),
    both(f"{_G}/marks", group.marks, "marks", GROUP, role.SEE_GROUPS, role.EDIT_GROUPS),
    write(f"{_G}/marks/<uuid:which>/remove", group.unmark, "unmark", GROUP, role.EDIT_GROUPS),
    write(f"{_G}/again", group.again, "group_again", GROUP, role.IMPORT),
    write(f"{_G}/remove", group.remove, "remove", ANY_GROUP, role.REMOVE_GROUPS),
    write(f"{_G}/restore", group.restore, "restore", ANY_GROUP, role.REMOVE_GROUPS),
    read(f"{_W}/tree", tree.page, "tree", WORKSPACE, role.SEE_GROUPS),
    both(f"{_W}/research", study.page, "research", WORKSPACE, role.SEE_GROUPS, role.EDIT_GROUPS),
    read(f"{_W}/research.csv", study.as_csv, "research_csv", WORKSPACE, role.EXPORT),
    both("research/<uuid:study>/change", study.change, "study_change", STUDY, role.SEE_GROUPS, role.EDIT_GROUPS),
    write("research/<uuid:study>/done", study.finish, "study_done", STUDY, role.EDIT_GROUPS),
    write("research/<uuid:study>/remove", study.remove, "study_remove", STUDY, role.EDIT_GROUPS),
    # people
    read(f"{_W}/people", people.page, "people", WORKSPACE, role.SEE_PEOPLE),
    read(f"{_W}/people.csv", people.as_csv, "people_csv", WORKSPACE, role.EXPORT),
    both(f"{_W}/people/same", people.same, "same", WORKSPACE, role.MERGE_PEOPLE, role.MERGE_PEOPLE),
    read(f"{_P}/", person.page, "person", PERSON, role.SEE_PEOPLE),
    read(f"{_P}/activity", person.activity, "person_activity", PERSON, role.SEE_PEOPLE),
    write(f"{_P}/say", person_said.say, "person_say", PERSON, role.EDIT_PEOPLE),
    write(f"{_P}/<uuid:which>/change", person_said.change, "person_change", PERSON, role.EDIT_PEOPLE),
    write(f"{_P}/<uuid:which>/remove", person_said.remove, "person_unsay", PERSON, role.EDIT_PEOPLE),
    write(f"{_P}/<uuid:which>/undo", person_said.undo, "person_undo", PERSON, role.EDIT_PEOPLE),
    write(f"{_P}/consent", person_said.agree, "person_consent", PERSON, role.EDIT_PEOPLE),
    both(f"{_P}/is", person_same.page, "person_is", PERSON, role.MERGE_PEOPLE, role.MERGE_PEOPLE),
    write(f"{_P}/<uuid:which>/unmerge", person_same.unmerge, "unmerge", PERSON, role.MERGE_PEOPLE),
    both(f"{_P}/erase", erasing.ask, "person_erase", PERSON, role.ERASE_PEOPLE, role.ERASE_PEOPLE),
    read(f"{_W}/erasures", erasing.all_of_them, "erasures", WORKSPACE, role.ERASE_PEOPLE),
    read(f"{_E}/", erasing.page, "erasure", ERASURE, role.ERASE_PEOPLE),
    read(f"{_E}/progress", erasing.progress, "erasure_progress", ERASURE, role.ERASE_PEOPLE),
    write(f"{_E}/again", erasing.again, "erasure_again", ERASURE, role.ERASE_PEOPLE),
    read(f"{_E}/proof.json", erasing.as_json, "erasure_json", ERASURE, role.ERASE_PEOPLE),
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
