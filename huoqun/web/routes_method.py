"""Every page of the method on one screen: playbooks, runs, send desk, duty, content, effects. `urls` has the rest."""

from huoqun.people import role
from huoqun.web import duty, duty_group, duty_member, level, staffing
from huoqun.web.route import Route, both, read, write
from huoqun.web.scope import GROUP, OPEN, WORKSPACE

_W = "w/<slug:workspace>"
_G = "groups/<uuid:group>"
ROUTES: tuple[Route, ...] = (
    # duty weeks
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
