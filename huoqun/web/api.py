"""The API: every operation on one screen, in the order of `urls.py`: method, address, function, of what, permission.

A change goes through the same functions of `people/` and `activities/` as that of a page, and leaves the same line in
the log. `docs/api.md` says how a program begins.
"""

from ninja import NinjaAPI

from huoqun.people import role
from huoqun.web import (
    api_asked,
    api_board,
    api_cards,
    api_consents,
    api_dealings,
    api_groups,
    api_imports,
    api_introductions,
    api_measures,
    api_people,
    api_plans,
    api_research,
    api_rolls,
    api_segments,
    api_staff,
    api_strata,
    api_surveys,
)
from huoqun.web.api_gate import operation, serve
from huoqun.web.route import Route, real
from huoqun.web.scope import (
    ACCOUNT,
    ANY_GROUP,
    ERASURE,
    GROUP,
    INVITATION,
    PERSON,
    ROLL,
    SEGMENT,
    STAFF,
    STUDY,
    SURVEY,
    UPLOAD,
    WORKSPACE,
)

_W = "workspaces/<slug:workspace>"
_G = "groups/<uuid:group>"
_P = "people/<uuid:person>"
_S = "surveys/<uuid:survey>"
_C = "segments/<uuid:segment>"
_I = f"{_G}/introductions/<uuid:which>"
_L = "rolls/<uuid:roll>"
_R = "research/<uuid:study>"
_E = "erasures/<uuid:erasure>"
_SAYING = f"{_P}/sayings/<str:kind>/<uuid:which>"
OPERATIONS: tuple[Route, ...] = (
    operation("GET", "me", api_staff.me, ACCOUNT),
    operation("PUT", _W, api_staff.set_workspace, WORKSPACE, role.EDIT_WORKSPACE),
    # staff
    operation("GET", f"{_W}/team", api_staff.list_team, WORKSPACE, role.SEE_STAFF),
    real(operation("PUT", "team/<uuid:member>", api_staff.set_role, STAFF, role.EDIT_STAFF)),
    real(operation("DELETE", "team/<uuid:member>", api_staff.dismiss, STAFF, role.EDIT_STAFF)),
    operation("GET", f"{_W}/invitations", api_staff.list_invitations, WORKSPACE, role.SEE_STAFF),
    real(operation("POST", f"{_W}/invitations", api_staff.add_invitation, WORKSPACE, role.EDIT_STAFF)),
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
    operation("GET", f"{_G}/period", api_measures.read_period, GROUP, role.SEE_GROUPS),
    operation("POST", f"{_G}/period/again", api_measures.measure_again, GROUP, role.SEE_GROUPS),
    operation("GET", f"{_G}/network", api_measures.read_network, GROUP, role.SEE_GROUPS),
    operation("GET", f"{_W}/alerts", api_measures.list_alerts, WORKSPACE, role.SEE_GROUPS),
    # plan and research
    operation("GET", f"{_G}/goal", api_plans.read_goal, GROUP, role.SEE_GROUPS),
    operation("PUT", f"{_G}/goal", api_plans.set_goal, GROUP, role.EDIT_GROUPS),
    operation("DELETE", f"{_G}/goal", api_plans.end_goal, GROUP, role.EDIT_GROUPS),
    operation("GET", f"{_G}/goal/counts", api_plans.list_counts, GROUP, role.SEE_GROUPS),
    operation("POST", f"{_G}/goal/counts", api_plans.add_count, GROUP, role.EDIT_GROUPS),
    operation("DELETE", f"{_G}/goal/counts/<uuid:which>", api_plans.remove_count, GROUP, role.EDIT_GROUPS),
    operation("GET", f"{_G}/branch", api_plans.read_branch, GROUP, role.SEE_GROUPS),
    operation("PUT", f"{_G}/branch", api_plans.set_branch, GROUP, role.EDIT_GROUPS),
    operation("GET", f"{_W}/tree", api_plans.list_tree, WORKSPACE, role.SEE_GROUPS),
    operation("GET", f"{_G}/carers", api_plans.list_carers, GROUP, role.SEE_GROUPS),
    operation("PUT", f"{_G}/carer", api_plans.set_carer, GROUP, role.EDIT_GROUPS),
    operation("GET", f"{_W}/research", api_research.list_research, WORKSPACE, role.SEE_GROUPS),
    operation("POST", f"{_W}/research", api_research.add_study, WORKSPACE, role.EDIT_GROUPS),
    operation("PUT", _R, api_research.set_study, STUDY, role.EDIT_GROUPS),
    operation("DELETE", _R, api_research.remove_study, STUDY, role.EDIT_GROUPS),
    operation("POST", f"{_R}/restore", api_research.restore_study, STUDY, role.EDIT_GROUPS),
    operation("PUT", f"{_R}/done", api_research.finish_study, STUDY, role.EDIT_GROUPS),
    operation("DELETE", f"{_R}/done", api_research.reopen_study, STUDY, role.EDIT_GROUPS),
    # with people
    operation("GET", f"{_G}/dealings", api_dealings.list_dealings, GROUP, role.SEE_PEOPLE),
    operation("GET", f"{_G}/introductions", api_introductions.list_introductions, GROUP, role.SEE_PEOPLE),
    operation("POST", f"{_G}/introductions", api_introductions.decide_introduction, GROUP, role.EDIT_PEOPLE),
    operation("PUT", _I, api_introductions.set_introduction, GROUP, role.EDIT_PEOPLE),
    operation("PUT", f"{_I}/outcome", api_introductions.conclude_introduction, GROUP, role.EDIT_PEOPLE),
    operation("GET", f"{_G}/unanswered", api_introductions.list_unanswered, GROUP, role.SEE_PEOPLE),
    operation("POST", f"{_G}/unanswered", api_introductions.decide_unanswered, GROUP, role.EDIT_PEOPLE),
    operation("GET", f"{_G}/silent", api_dealings.list_silent, GROUP, role.SEE_PEOPLE),
    operation("POST", f"{_G}/silent", api_dealings.climb_silence, GROUP, role.EDIT_PEOPLE),
    operation("GET", f"{_G}/raising", api_dealings.read_raising, GROUP, role.SEE_PEOPLE),
    operation("POST", f"{_G}/raising", api_dealings.raise_member, GROUP, role.EDIT_PEOPLE),
    operation("GET", f"{_G}/birthdays", api_dealings.list_birthdays, GROUP, role.SEE_PEOPLE),
    operation("GET", f"{_G}/untouched", api_dealings.list_untouched, GROUP, role.SEE_PEOPLE),
    operation("POST", f"{_G}/touches", api_dealings.touch_member, GROUP, role.EDIT_PEOPLE),
    operation("GET", f"{_G}/founders", api_dealings.list_founders, GROUP, role.SEE_PEOPLE),
    operation("PUT", f"{_G}/founders", api_dealings.set_founder, GROUP, role.EDIT_PEOPLE),
    operation("POST", f"{_G}/founders/contacts", api_dealings.contact_founder, GROUP, role.EDIT_PEOPLE),
    operation("GET", f"{_G}/cards", api_cards.list_cards, GROUP, role.SEE_PEOPLE),
    operation("POST", f"{_G}/cards/<uuid:which>", api_cards.take_card, GROUP, role.EDIT_PEOPLE),
    operation("DELETE", f"{_G}/cards/<uuid:which>", api_cards.put_aside, GROUP, role.EDIT_PEOPLE),
    operation("GET", f"{_W}/board", api_board.list_board, WORKSPACE, role.SEE_PEOPLE),
    operation("POST", f"{_W}/board/lines", api_board.add_line, WORKSPACE, role.EDIT_PEOPLE),
    operation("POST", f"{_W}/board", api_board.decide_match, WORKSPACE, role.EDIT_PEOPLE),
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
    operation("POST", f"{_P}/deeds/<uuid:which>/undo", api_people.undo_deed, PERSON, role.EDIT_PEOPLE),
    operation("GET", f"{_P}/consents", api_consents.list_consents, PERSON, role.SEE_PEOPLE),
    operation("POST", f"{_P}/consents", api_consents.record_consent, PERSON, role.EDIT_PEOPLE),
    operation("GET", f"{_P}/holdings", api_consents.read_holdings, PERSON, role.ERASE_PEOPLE),
    operation("POST", f"{_P}/erasure", api_consents.erase_person, PERSON, role.ERASE_PEOPLE),
    operation("GET", f"{_W}/erasures", api_consents.list_erasures, WORKSPACE, role.ERASE_PEOPLE),
    operation("GET", _E, api_consents.read_erasure, ERASURE, role.ERASE_PEOPLE),
    operation("POST", f"{_E}/again", api_consents.go_on_erasing, ERASURE, role.ERASE_PEOPLE),
    real(operation("POST", f"{_G}/rolls", api_rolls.add_roll, GROUP, role.EDIT_PEOPLE)),
    operation("GET", _L, api_rolls.read_roll, ROLL, role.EDIT_PEOPLE),
    operation("POST", f"{_L}/plan", api_rolls.plan_roll, ROLL, role.EDIT_PEOPLE),
    real(operation("POST", f"{_L}/take", api_rolls.take_roll, ROLL, role.EDIT_PEOPLE)),
    operation("POST", f"{_L}/undo", api_rolls.undo_roll, ROLL, role.EDIT_PEOPLE),
    # segments and strata
    operation("GET", f"{_W}/segments", api_segments.list_segments, WORKSPACE, role.SEE_PEOPLE),
    operation("POST", f"{_W}/segments", api_segments.add_segment, WORKSPACE, role.EDIT_SEGMENTS),
    operation("POST", f"{_W}/segments/count", api_segments.count_rule, WORKSPACE, role.EDIT_SEGMENTS),
    operation("GET", _C, api_segments.read_segment, SEGMENT, role.SEE_PEOPLE),
    operation("PUT", _C, api_segments.set_segment, SEGMENT, role.EDIT_SEGMENTS),
    operation("DELETE", _C, api_segments.remove_segment, SEGMENT, role.EDIT_SEGMENTS),
    operation("POST", f"{_C}/restore", api_segments.restore_segment, SEGMENT, role.EDIT_SEGMENTS),
    operation("GET", f"{_C}/people", api_segments.list_inside, SEGMENT, role.SEE_PEOPLE),
    operation("GET", f"{_C}/people/<uuid:which>", api_segments.explain_person, SEGMENT, role.SEE_PEOPLE),
    operation("GET", f"{_W}/strata", api_strata.read_strata, WORKSPACE, role.SEE_PEOPLE),
    operation("PUT", f"{_W}/strata", api_strata.set_strata, WORKSPACE, role.EDIT_STRATA),
    operation("POST", f"{_W}/strata/preview", api_strata.preview_strata, WORKSPACE, role.EDIT_STRATA),
    operation("POST", f"{_W}/strata/back", api_strata.take_back_strata, WORKSPACE, role.EDIT_STRATA),
    operation("POST", f"{_W}/strata/again", api_strata.judge_strata, WORKSPACE, role.EDIT_STRATA),
    operation("GET", f"{_W}/strata/groups", api_strata.list_spreads, WORKSPACE, role.SEE_PEOPLE),
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
    operation("POST", f"{_S}/questions/undo", api_asked.undo_questions, SURVEY, role.EDIT_SURVEYS),
    operation("GET", f"{_S}/waiting", api_asked.list_waiting, SURVEY, role.EDIT_SURVEYS),
    operation("POST", f"{_S}/remind", api_asked.remind, SURVEY, role.EDIT_SURVEYS),
    operation("GET", f"{_S}/claims", api_asked.list_claims, SURVEY, role.EDIT_SURVEYS),
    operation("POST", f"{_S}/claims", api_asked.decide_claim, SURVEY, role.EDIT_SURVEYS),
    # imports and search
    operation("GET", f"{_W}/imports", api_imports.list_imports, WORKSPACE, role.SEE_GROUPS),
    real(operation("POST", f"{_W}/imports", api_imports.add_import, WORKSPACE, role.IMPORT)),
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
