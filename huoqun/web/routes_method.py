"""Every page of the method on one screen: playbooks, runs, send desk, duty, content, effects. `urls` has the rest."""

from dataclasses import replace

from huoqun.people import role
from huoqun.web import (
    app,
    content,
    content_calendar,
    content_desk,
    content_digests,
    content_guests,
    content_owner,
    content_rules,
    content_topics,
    content_words,
    duty,
    duty_group,
    duty_member,
    effect,
    level,
    member_words,
    notifying,
    playbook,
    playbook_editor,
    playbook_versions,
    run_calendar,
    run_list,
    run_page,
    run_start,
    run_step,
    sending,
    staffing,
    today,
)
from huoqun.web.route import Route, both, read, real, write
from huoqun.web.scope import ACCOUNT, DRAFT, GROUP, OPEN, RUN, WORKSPACE

_W = "w/<slug:workspace>"
_G = "groups/<uuid:group>"
_R = "runs/<uuid:run>"
_D = "playbooks/<uuid:draft>"
_T = f"{_W}/content"
_SEE, _EDIT = role.SEE_CONTENT, role.EDIT_CONTENT
PLAYBOOKS: tuple[Route, ...] = (
    # playbooks: the library and the workspace's own
    read(f"{_W}/playbooks", playbook.page, "playbooks", WORKSPACE, role.SEE_RUNS),
    write(f"{_W}/playbooks/upload", playbook.upload, "playbook_upload", WORKSPACE, role.EDIT_PLAYBOOKS),
    read(f"{_W}/playbook/<slug:book>", playbook.one, "playbook", WORKSPACE, role.SEE_RUNS),
    read(f"{_W}/playbook/<slug:book>/versions", playbook_versions.page, "playbook_versions", WORKSPACE, role.SEE_RUNS),
    read(f"{_W}/playbook/<slug:book>.yaml", playbook.file, "playbook_file", WORKSPACE, role.SEE_RUNS),
    write(f"{_W}/playbook/<slug:book>/copy", playbook.copy, "playbook_copy", WORKSPACE, role.EDIT_PLAYBOOKS),
    # one that is written here
    read(f"{_D}/", playbook_editor.page, "playbook_edit", DRAFT, role.EDIT_PLAYBOOKS),
    read(f"{_D}/step", playbook_editor.step, "playbook_step", DRAFT, role.EDIT_PLAYBOOKS),
    write(f"{_D}/text", playbook_editor.text, "playbook_text", DRAFT, role.EDIT_PLAYBOOKS),
    write(f"{_D}/change", playbook_editor.change, "playbook_change", DRAFT, role.EDIT_PLAYBOOKS),
    write(f"{_D}/undo", playbook_editor.undo, "playbook_undo", DRAFT, role.EDIT_PLAYBOOKS),
    write(f"{_D}/redo", playbook_editor.redo, "playbook_redo", DRAFT, role.EDIT_PLAYBOOKS),
    read(f"{_D}/history", playbook_editor.history, "playbook_history", DRAFT, role.EDIT_PLAYBOOKS),
    write(f"{_D}/restore", playbook_editor.restore, "playbook_restore", DRAFT, role.EDIT_PLAYBOOKS),
    write(f"{_D}/keep", playbook_editor.keep, "playbook_keep", DRAFT, role.EDIT_PLAYBOOKS),
    write(f"{_D}/remove", playbook_editor.remove, "playbook_remove", DRAFT, role.EDIT_PLAYBOOKS),
    write(f"{_D}/back", playbook_editor.back, "playbook_back", DRAFT, role.EDIT_PLAYBOOKS),
    read(f"{_D}/draft.yaml", playbook_editor.file, "playbook_draft_file", DRAFT, role.EDIT_PLAYBOOKS),
)
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
EFFECTS: tuple[Route, ...] = (
    read(f"{_W}/effects", effect.every, "effects", WORKSPACE, role.SEE_RUNS),
    read(f"{_W}/effects.csv", effect.every_csv, "effects_csv", WORKSPACE, role.EXPORT),
    read(f"{_G}/marks/<uuid:which>/effect", effect.of_mark, "mark_effect", GROUP, role.SEE_RUNS),
    read(f"{_G}/marks/<uuid:which>/effect.csv", effect.mark_csv, "mark_effect_csv", GROUP, role.EXPORT),
    read(f"{_R}/effect", effect.of_run, "run_effect", RUN, role.SEE_RUNS),
    read(f"{_R}/effect.csv", effect.run_csv, "run_effect_csv", RUN, role.EXPORT),
)
DUTY: tuple[Route, ...] = (
    read(f"{_W}/duty", duty.page, "duty", WORKSPACE, role.SEE_PEOPLE),
    read(f"{_W}/duty.csv", duty.as_csv, "duty_csv", WORKSPACE, role.EXPORT),
    both(f"{_G}/duty", duty_group.page, "group_duty", GROUP, role.SEE_PEOPLE, role.EDIT_DUTY),
    read(f"{_G}/duty/sheets", duty_group.sheets, "duty_sheets", GROUP, role.SEE_PEOPLE),
    both("m/<str:token>/duty", duty_member.page, "member_duty", OPEN),
    # questions that wait
    both(f"{_W}/service", level.page, "service_level", WORKSPACE, role.READ_MESSAGES, role.SEND),
    Route(f"{_W}/service.csv", level.as_csv, "service_csv", WORKSPACE, role.EXPORT, also=(role.READ_MESSAGES,)),
    read(f"{_W}/staffing", staffing.page, "staffing", WORKSPACE, role.SEE_GROUPS),
    read(f"{_W}/staffing.csv", staffing.as_csv, "staffing_csv", WORKSPACE, role.EXPORT),
    write(f"{_W}/service/target", level.aim, "service_target", WORKSPACE, role.EDIT_DUTY),
)
CONTENT: tuple[Route, ...] = (
    both(f"{_T}/", content_calendar.page, "content_calendar", WORKSPACE, _SEE, _EDIT),
    both(f"{_T}/library", content.page, "content", WORKSPACE, _SEE, _EDIT),
    read(f"{_T}/library.csv", content.as_csv, "content_csv", WORKSPACE, role.EXPORT),
    read(f"{_T}/library.xlsx", content.as_xlsx, "content_xlsx", WORKSPACE, role.EXPORT),
    real(both(f"{_T}/import", content.bring_in, "content_import", WORKSPACE, _EDIT, _EDIT)),
    both(f"{_T}/desk", content_desk.page, "content_desk", WORKSPACE, _SEE, _EDIT),
    both(f"{_T}/topics", content_topics.page, "content_topics", WORKSPACE, _SEE, _EDIT),
    replace(
        both(f"{_T}/words", content_words.page, "content_words", WORKSPACE, role.READ_MESSAGES, role.SEND),
        also=(role.READ_MESSAGES,),
    ),
    Route(
        f"{_T}/words.csv", content_words.as_csv, "content_words_csv", WORKSPACE, role.EXPORT, also=(role.READ_MESSAGES,)
    ),
    both(f"{_T}/guests", content_guests.page, "content_guests", WORKSPACE, _SEE, _EDIT),
    both(f"{_T}/owner", content_owner.page, "content_owner", WORKSPACE, _SEE, _EDIT),
    both(f"{_T}/digests", content_digests.page, "content_digests", WORKSPACE, _SEE, _EDIT),
    both(f"{_T}/rules", content_rules.page, "content_rules", WORKSPACE, _SEE, _EDIT),
    both("m/<str:token>/words/<uuid:which>", member_words.page, "member_words", OPEN),
)
DESK: tuple[Route, ...] = (
    read("today", today.everywhere, "today_everywhere", ACCOUNT),
    both(f"{_W}/today", today.page, "today", WORKSPACE, role.SEE_GROUPS, role.SEE_GROUPS),
    both("notifications", notifying.page, "notifications", ACCOUNT),
    read("app.webmanifest", app.manifest, "app_manifest", OPEN),
    read("app/icon-<int:size>.png", app.icon, "app_icon", OPEN),
    read("app/offline", app.offline, "app_offline", OPEN),
    read("app.js", app.worker, "app_worker", OPEN),
    read(f"{_W}/outbox.json", sending.stand, "outbox_stand", WORKSPACE, role.SEE_ACTIVITIES),
)
ROUTES: tuple[Route, ...] = (*DESK, *PLAYBOOKS, *RUNS, *EFFECTS, *DUTY, *CONTENT)
