"""The API: every operation on one screen, in the order of `urls.py`: method, address, function, of what, permission.

A change goes through the same functions of `people/` and `activities/` as that of a page, and leaves the same line in
the log. `docs/api.md` says how a program begins.
"""

from ninja import NinjaAPI

from huoqun.people import role
from huoqun.web import api_groups, api_imports, api_people, api_staff, api_surveys
from huoqun.web.api_gate import operation, serve
from huoqun.web.route import Route
from huoqun.web.scope import (
    ACCOUNT,
    ANY_GROUP,
    GROUP,
    INVITATION,
    PERSON,
    STAFF,
    SURVEY,
    UPLOAD,
    WORKSPACE,
)

_W = "workspaces/<slug:workspace>"
_G = "groups/<uuid:group>"
_P = "people/<uuid:person>"
_S = "surveys/<uuid:survey>"
_SAYING = f"{_P}/sayings/<str:kind>/<uuid:which>"
OPERATIONS: tuple[Route, ...] = (
    operation("GET", "me", api_staff.me, ACCOUNT),
    operation("PUT", _W, api_staff.set_workspace, WORKSPACE, role.EDIT_WORKSPACE),
    # staff
    operation("GET", f"{_W}/team", api_staff.list_team, WORKSPACE, role.SEE_STAFF),
    operation("PUT", "team/<uuid:member>", api_staff.set_role, STAFF, role.EDIT_STAFF),
    operation("DELETE", "team/<uuid:member>", api_staff.dismiss, STAFF, role.EDIT_STAFF),
    operation("GET", f"{_W}/invitations", api_staff.list_invitations, WORKSPACE, role.SEE_STAFF),
    operation("POST", f"{_W}/invitations", api_staff.add_invitation, WORKSPACE, role.EDIT_STAFF),
    operation("DELETE", "invitations/<uuid:invitation>", api_staff.withdraw_invitation, INVITATION, role.EDIT_STAFF),
    operation("GET", f"{_W}/log", api_staff.read_log, WORKSPACE, role.SEE_AUDIT),
    # groups
    operation("GET", f"{_W}/groups", api_groups.list_groups, WORKSPACE, role.SEE_GROUPS),
    operation("GET", f"{_W}/views", api_staff.list_views, WORKSPACE, role.SEE_GROUPS),
    operation("POST", f"{_W}/views", api_staff.save_view, WORKSPACE, role.SEE_GROUPS),
    operation("DELETE", f"{_W}/views/<uuid:which>", api_staff.remove_view, WORKSPACE, role.SEE_GROUPS),
    operation("GET", _G, api_groups.read_group, GROUP, role.SEE_GROUPS),
    operation("GET", f"{_G}/document", api_groups.read_document, GROUP, role.EXPORT),
    operation("PUT", f"{_G}/card", api_groups.set_card, GROUP, role.EDIT_GROUPS),
    operation("PUT", f"{_G}/stage", api_groups.set_stage, GROUP, role.EDIT_GROUPS),
    operation("DELETE", f"{_G}/stage", api_groups.unset_stage, GROUP, role.EDIT_GROUPS),
    operation("PUT", f"{_G}/positioning", api_groups.set_positioning, GROUP, role.EDIT_GROUPS),
    operation("PUT", f"{_G}/limit", api_groups.set_limit, GROUP, role.EDIT_GROUPS),
    operation("GET", f"{_G}/marks", api_groups.list_marks, GROUP, role.SEE_GROUPS),
    operation("POST", f"{_G}/marks", api_groups.add_mark, GROUP, role.EDIT_GROUPS),
    operation("PUT", f"{_G}/marks/<uuid:which>", api_groups.change_mark, GROUP, role.EDIT_GROUPS),
    operation("DELETE", f"{_G}/marks/<uuid:which>", api_groups.remove_mark, GROUP, role.EDIT_GROUPS),
    operation("DELETE", _G, api_groups.remove_group, ANY_GROUP, role.REMOVE_GROUPS),
    operation("POST", f"{_G}/restore", api_groups.restore_group, ANY_GROUP, role.REMOVE_GROUPS),
    # people
    operation("GET", f"{_W}/people", api_people.list_people, WORKSPACE, role.SEE_PEOPLE),
    operation("GET", f"{_W}/people/same", api_people.list_same, WORKSPACE, role.MERGE_PEOPLE),
    operation("GET", _P, api_people.read_person, PERSON, role.SEE_PEOPLE),
    operation("POST", f"{_P}/sayings", api_people.say, PERSON, role.EDIT_PEOPLE),
    operation("PUT", _SAYING, api_people.say_anew, PERSON, role.EDIT_PEOPLE),
    operation("DELETE", _SAYING, api_people.take_back, PERSON, role.EDIT_PEOPLE),
    operation("POST", f"{_P}/merges", api_people.merge_people, PERSON, role.MERGE_PEOPLE),
    operation("DELETE", f"{_P}/merges/<uuid:which>", api_people.unmerge, PERSON, role.MERGE_PEOPLE),
    operation("POST", f"{_P}/apart", api_people.keep_apart, PERSON, role.MERGE_PEOPLE),
    # surveys
    operation("GET", f"{_W}/surveys", api_surveys.list_surveys, WORKSPACE, role.SEE_SURVEYS),
    operation("POST", f"{_W}/surveys", api_surveys.add_survey, WORKSPACE, role.EDIT_SURVEYS),
    operation("GET", _S, api_surveys.read_survey, SURVEY, role.SEE_SURVEYS),
    operation("PUT", _S, api_surveys.set_survey, SURVEY, role.EDIT_SURVEYS),
    operation("DELETE", _S, api_surveys.remove_survey, SURVEY, role.EDIT_SURVEYS),
    operation("PUT", f"{_S}/questions", api_surveys.set_questions, SURVEY, role.EDIT_SURVEYS),
    operation("POST", f"{_S}/open", api_surveys.open_survey, SURVEY, role.EDIT_SURVEYS),
    operation("POST", f"{_S}/close", api_surveys.close_survey, SURVEY, role.EDIT_SURVEYS),
    operation("GET", f"{_S}/links", api_surveys.list_links, SURVEY, role.EDIT_SURVEYS),
    operation("GET", f"{_S}/results", api_surveys.read_results, SURVEY, role.SEE_SURVEYS),
    operation("GET", f"{_S}/answers", api_surveys.list_answers, SURVEY, role.EXPORT),
    # imports and search
    operation("GET", f"{_W}/imports", api_imports.list_imports, WORKSPACE, role.SEE_GROUPS),
    operation("POST", f"{_W}/imports", api_imports.add_import, WORKSPACE, role.IMPORT),
    operation("GET", "imports/<uuid:upload>", api_imports.read_import, UPLOAD, role.SEE_GROUPS),
    operation("POST", "imports/<uuid:upload>/again", api_imports.import_again, UPLOAD, role.IMPORT),
    operation("GET", f"{_W}/search", api_imports.search, WORKSPACE, role.READ_MESSAGES),
    operation("GET", f"{_G}/search", api_imports.search_group, GROUP, role.READ_MESSAGES),
)

NINJA = NinjaAPI(
    title="Huoqun 活群",
    version="1",
    description="What the console does, for programs. Send `Authorization: Bearer …` with a key from the page “Keys "
    "for programs”; it acts for who made it, in one workspace, with the permissions it was made for.",
    docs_url=None,
    openapi_url=None,
    urls_namespace="api",
)
serve(NINJA, OPERATIONS)
