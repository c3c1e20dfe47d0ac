"""Every page of the method on one screen: playbooks, runs, send desk, duty, content, effects. `urls` has the rest."""

from huoqun.people import role
from huoqun.web import (
    content,
    content_calendar,
    content_desk,
    content_digests,
    content_rules,
    content_topics,
    duty,
    duty_group,
    duty_member,
    member_words,
    run_calendar,
    run_list,
    run_page,
    run_start,
    run_step,
)
from huoqun.web.route import Route, both, read, real, write
from huoqun.web.scope import GROUP, OPEN, RUN, WORKSPACE

_W = "w/<slug:workspace>"
_G = "groups/<uuid:group>"
_R = "runs/<uuid:run>"
_T = f"{_W}/content"
_SEE, _EDIT = role.SEE_CONTENT, role.EDIT_CONTENT
RUNS: tuple[Route, ...] = (
    read(f"{_W}/runs/", run_list.page, "runs", WORKSPACE, role.SEE_RUNS),
    read(f"{_W}/runs.csv", run_list.as_csv, "runs_csv", WORKSPACE, role.EXPORT),
    both(f"{_W}/runs/new", run_start.new, "run_new", WORKSPACE, role.EDIT_RUNS, role.EDIT_RUNS),
    read(f"{_W}/runs/calendar", run_calendar.page, "calendar", WORKSPACE, role.SEE_RUNS),
    read(f"{_G}/runs", run_list.of_group, "group_runs", GROUP, role.SEE_RUNS),
    read(f"{_R}/", run_page.page, "run", RUN, role.SEE_RUNS),
    read(f"{_R}/live", run_page.live, "run_live", RUN, role.SEE_RUNS),
    write(f"{_R}/go", run_page.go, "run_go", RUN, role.EDIT_RUNS),
    both(f"{_R}/steps/<uuid:which>", run_step.page, "run_step", RUN, role.SEE_RUNS, role.EDIT_RUNS),
)
DUTY: tuple[Route, ...] = (
    read(f"{_W}/duty", duty.page, "duty", WORKSPACE, role.SEE_PEOPLE),
    read(f"{_W}/duty.csv", duty.as_csv, "duty_csv", WORKSPACE, role.EXPORT),
    both(f"{_G}/duty", duty_group.page, "group_duty", GROUP, role.SEE_PEOPLE, role.EDIT_DUTY),
    read(f"{_G}/duty/sheets", duty_group.sheets, "duty_sheets", GROUP, role.SEE_PEOPLE),
    both("m/<str:token>/duty", duty_member.page, "member_duty", OPEN),
)
CONTENT: tuple[Route, ...] = (
    both(f"{_T}/", content_calendar.page, "content_calendar", WORKSPACE, _SEE, _EDIT),
    both(f"{_T}/library", content.page, "content", WORKSPACE, _SEE, _EDIT),
    read(f"{_T}/library.csv", content.as_csv, "content_csv", WORKSPACE, role.EXPORT),
    read(f"{_T}/library.xlsx", content.as_xlsx, "content_xlsx", WORKSPACE, role.EXPORT),
    real(both(f"{_T}/import", content.bring_in, "content_import", WORKSPACE, _EDIT, _EDIT)),
    both(f"{_T}/desk", content_desk.page, "content_desk", WORKSPACE, _SEE, _EDIT),
    both(f"{_T}/topics", content_topics.page, "content_topics", WORKSPACE, _SEE, _EDIT),
    both(f"{_T}/digests", content_digests.page, "content_digests", WORKSPACE, _SEE, _EDIT),
    both(f"{_T}/rules", content_rules.page, "content_rules", WORKSPACE, _SEE, _EDIT),
    both("m/<str:token>/words/<uuid:which>", member_words.page, "member_words", OPEN),
)
ROUTES: tuple[Route, ...] = (*RUNS, *DUTY, *CONTENT)
