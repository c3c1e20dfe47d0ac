"""The fault: pages for what went wrong. Each says what happened, what was kept, and what to do."""

import json
import sys
from typing import Any

from django.conf import settings
from django.core.exceptions import DisallowedHost, RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db.utils import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.defaultfilters import filesizeformat
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from huoqun.people.group import Group
from huoqun.people.staff import Staff
from huoqun.web import api_fault, word


def fault(request: HttpRequest, status: int, happened: str, kept: str, todo: str) -> HttpResponse:
    """A page of its own; for our script, the same as JSON; for programs, the shape of the API."""
    if api_fault.for_program(request):
        return api_fault.plain(status)
    words = {"happened": happened, "kept": kept, "todo": todo}
    if request.headers.get("Accept") == "application/json":
        return HttpResponse(json.dumps(words), content_type="application/json", status=status)
    return render(request, "console/fault.html", words, status=status)


def too_large(request: HttpRequest) -> HttpResponse:
    """413: more than an upload may have."""
    most = filesizeformat(settings.UPLOAD_LIMIT)
    return fault(
        request,
        413,
        _("This is more than one upload may hold (%(most)s).") % {"most": most},
        _("Nothing was read or kept."),
        _("Leave out pictures and videos when exporting, pack the file as a zip, or set HUOQUN_UPLOAD_LIMIT higher."),
    )


def full_disk(request: HttpRequest) -> HttpResponse:
    """507: the files could not be kept."""
    return fault(
        request,
        507,
        _("The files could not be written to the data folder; the disk may be full."),
        _("Nothing was kept of this upload; everything imported before is untouched."),
        _("Make room and try again."),
    )


def nothing_given(request: HttpRequest) -> HttpResponse:
    """400: an upload without a file."""
    return fault(
        request,
        400,
        _("No file was chosen."),
        _("Nothing was changed."),
        _("Choose one or more chat exports, or drop them on the page."),
    )


def bad_zone(request: HttpRequest) -> HttpResponse:
    """400: a zone that does not exist."""
    return fault(
        request,
        400,
        _("There is no such time zone."),
        _("Nothing was changed."),
        _("Give one like Asia/Shanghai or Europe/Berlin."),
    )


def forbidden(request: HttpRequest, staff: Staff) -> HttpResponse:
    """403: the role does not allow it."""
    return fault(
        request,
        403,
        _("As %(role)s you may not do or see this.") % {"role": word.of("role", staff.role)},
        _("Nothing was changed."),
        _("Ask an owner of the workspace to do it, or to give you another role."),
    )


def only_own_groups(request: HttpRequest) -> HttpResponse:
    """403: files of a new group from somebody who is limited to some."""
    return fault(
        request,
        403,
        _("Your role is limited to your own groups; files can be brought into these only."),
        _("Nothing was kept of this upload."),
        _("Open one of your groups and give the file there, or ask an owner of the workspace."),
    )


def made_up(request: HttpRequest) -> HttpResponse:
    """409: something real for an example."""
    return fault(
        request,
        409,
        _("This is an example in which everything is made up; nothing and nobody real can be brought in."),
        _("Nothing was kept or changed."),
        _("Go to your own workspace and do it there."),
    )


def bad_form(request: HttpRequest) -> HttpResponse:
    """400: a form with what no page of ours offers."""
    return fault(
        request,
        400,
        _("This form says something that cannot be chosen."),
        _("Nothing was changed."),
        _("Open the page anew and try again."),
    )


def last_owner(request: HttpRequest) -> HttpResponse:
    """409: a workspace would be left without an owner."""
    return fault(
        request,
        409,
        _("This is the only owner of the workspace."),
        _("Nothing was changed."),
        _("Make somebody else an owner first."),
    )


def spent(request: HttpRequest) -> HttpResponse:
    """410: an invitation that works no more."""
    return fault(
        request,
        410,
        _("This invitation is used, withdrawn or over."),
        _("Nothing was changed."),
        _("Ask who invited you for a new one."),
    )


def stranger(request: HttpRequest) -> HttpResponse:
    """403: somebody whom a server outside knows, and nobody here."""
    return fault(
        request,
        403,
        _("Nobody works here under the address that the other server gave, or it has not checked the address."),
        _("No account was made."),
        _("Ask an owner of the workspace for an invitation, or log in with your password."),
    )


def outside(request: HttpRequest) -> HttpResponse:
    """502: the server outside with which staff log in."""
    return fault(
        request,
        502,
        _("The server you log in with did not answer as it should."),
        _("Nothing was changed."),
        _("Try again, or log in with your password."),
    )


def forgery(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the form does not come from our page, or the page is from another session."""
    return fault(
        request,
        403,
        _("This form is out of date, or it did not come from Huoqun."),
        _("Nothing was changed."),
        _("Open the page anew and try again."),
    )


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: a request that cannot be meant."""
    if isinstance(exception, DisallowedHost):
        return _strange_host(request)
    if isinstance(exception, RequestDataTooBig | TooManyFieldsSent):
        return large_form(request)
    if isinstance(exception, TooManyFilesSent):
        most = settings.DATA_UPLOAD_MAX_NUMBER_FILES
        happened, todo = _("One upload may hold %(most)s files.") % {"most": most}, _("Pack many files as one zip.")
    else:
        happened, todo = _("The request could not be understood."), _("Open the page anew and try again.")
    return fault(request, 400, happened, _("Nothing was changed."), todo)


def _strange_host(request: HttpRequest) -> HttpResponse:
    """400 for a name that Huoqun does not answer to. Without the frame, whose form asks for the name."""
    words = {
        "happened": _("Huoqun does not know itself by this name."),
        "kept": _("Nothing was changed."),
        "todo": _("Open it as http://127.0.0.1, or start it with the name in HUOQUN_HOSTS."),
    }
    return render(request, "console/broken.html", words, status=400, using=None)


def large_form(request: HttpRequest) -> HttpResponse:
    """413: a form with more in it than anybody types."""
    return fault(
        request,
        413,
        _("There is far more in this form than it can hold."),
        _("Nothing was changed."),
        _("Go back, shorten it, and send it again."),
    )


def not_allowed(request: HttpRequest) -> HttpResponse:
    """405: an address that a form sends to, opened by itself."""
    return fault(
        request,
        405,
        _("This address cannot be opened by itself; a form sends to it."),
        _("Nothing was changed."),
        _("Go back to your groups."),
    )


def database(request: HttpRequest, exception: Exception) -> HttpResponse:
    """507 where the disk is full, 503 where the database does not answer. Asks nothing of the database."""
    full = any(sign in str(exception).lower() for sign in ("full", "no space", "readonly", "read-only"))
    if api_fault.for_program(request):
        return api_fault.plain(507 if full else 503)
    words = {
        "happened": _("Nothing can be written to the data folder; the disk may be full.")
        if full
        else _("The database does not answer just now."),
        "kept": _("Nothing was changed; everything imported before is untouched."),
        "todo": _("Make room and try again.") if full else _("Wait a moment, then send it again."),
    }
    if request.headers.get("Accept") == "application/json":
        return HttpResponse(json.dumps(words), content_type="application/json", status=507 if full else 503)
    return _alone(words, 507 if full else 503)


def gone(request: HttpRequest, group: Group) -> HttpResponse:
    """410: a group that was removed, while it can be brought back."""
    return render(request, "console/gone.html", {"group": group}, status=410)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: nothing here, or not any more."""
    return fault(
        request,
        404,
        _("There is nothing at this address; the group may have been deleted."),
        _("Nothing was changed."),
        _("Go back to your groups."),
    )


def broken(request: HttpRequest) -> HttpResponse:
    """500: our mistake. Without database and context, both of which may be what broke; 503 where it is the database,
    asked for something outside of a view: a login, a language."""
    error = sys.exc_info()[1]
    if isinstance(error, OperationalError | InterfaceError):
        return database(request, error)
    if api_fault.for_program(request):
        return api_fault.plain(500)
    words: dict[str, Any] = {
        "happened": _("Something broke inside Huoqun. The reason stands in the terminal it was started from."),
        "kept": _("Everything imported before is untouched."),
        "todo": _("Load the page again; if it stays, please report it."),
    }
    return _alone(words, 500)


def _alone(words: dict[str, Any], status: int) -> HttpResponse:
    """A page without anything around it that would have to be asked of the database."""
    return HttpResponse(render_to_string("console/broken.html", words), status=status)
