"""Every page of the method on one screen: playbooks, runs, send desk, duty, content, effects. `urls` has the rest."""

from huoqun.people import role
from huoqun.web import content, content_calendar
from huoqun.web.route import Route, both, read, real
from huoqun.web.scope import WORKSPACE

_T = "w/<slug:workspace>/content"
_SEE, _EDIT = role.SEE_CONTENT, role.EDIT_CONTENT

CONTENT: tuple[Route, ...] = (
    both(f"{_T}/", content_calendar.page, "content_calendar", WORKSPACE, _SEE, _EDIT),
    both(f"{_T}/library", content.page, "content", WORKSPACE, _SEE, _EDIT),
    read(f"{_T}/library.csv", content.as_csv, "content_csv", WORKSPACE, role.EXPORT),
    read(f"{_T}/library.xlsx", content.as_xlsx, "content_xlsx", WORKSPACE, role.EXPORT),
    real(both(f"{_T}/import", content.bring_in, "content_import", WORKSPACE, _EDIT, _EDIT)),
)
ROUTES: tuple[Route, ...] = (*CONTENT,)
