"""The gate: the one place where it is decided who gets to see or do what.

Without login: to the login page. Not staff of the thing's workspace, or limited to other groups: there is no such page.
Staff whose role lacks the permission: told so. A view behind the gate may trust what it is given.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect, JsonResponse
from django.urls import URLPattern, path, reverse
from django.utils.http import urlencode

from huoqun.base import clock
from huoqun.people import api_token
from huoqun.people.account import Account, nobody_yet
from huoqun.people.group import Removed
from huoqun.people.staff import Staff, staff_of, workspaces_of
from huoqun.people.workspace import Workspace
from huoqun.web import fault, scope
from huoqun.web.route import READ, Route

LAST = "workspace"
"""Where the session remembers the workspace used last."""


class Asked(HttpRequest):
    """A request that has passed the gate: of somebody, in a workspace."""

    staff: Staff
    workspace: Workspace
    user: Account


class NotYet(Exception):
    """Somebody has to log in first."""


class NoSuchKey(Exception):
    """The request bears a key that opens nothing."""


class MadeUp(Exception):
    """What is real has no place in an example, in which everything is made up."""


class Forbidden(Exception):
    """The role lacks the permission."""


def pattern(route: Route) -> URLPattern:
    """A route as Django knows it."""
    return path(route.address, guarded(route), name=route.name)


def guarded(route: Route) -> Callable[..., HttpResponse]:
    """The view of a route behind the gate."""

    @wraps(route.view)
    def behind(request: HttpRequest, **address: Any) -> HttpResponse:
        if request.method not in route.methods:
            return HttpResponseNotAllowed(route.methods)
        try:
            given = admit(request, route, address)
        except NotYet:
            return to_login(request)
        except NoSuchKey:
            answer = JsonResponse({"error": "this key opens nothing: unknown, revoked or over"}, status=401)
            answer.headers["WWW-Authenticate"] = "Bearer"
            return answer
        except Forbidden:
            return fault.forbidden(request, request.staff)  # type: ignore[attr-defined]
        except MadeUp:
            return fault.made_up(request)
        return route.view(request, *given, **address)

    behind.route = route  # type: ignore[attr-defined]
    return behind


def admit(request: HttpRequest, route: Route, address: dict[str, Any]) -> list[Any]:
    """What the view is given beside the request. Raises NotYet, Forbidden, MadeUp, Http404; Removed, for
    `web/policy`."""
    if route.scope is scope.OPEN:
        return []
    if (key := key_of(request)) is not None:
        return _admit_program(request, route, address, key)
    account = request.user
    if not isinstance(account, Account) or not account.is_active:
        raise NotYet
    if route.scope is scope.ACCOUNT:
        return []
    if route.scope is scope.KEEPER:
        if not account.keeper:
            raise Http404
        return []
    staff, thing = _found(account, route.scope, address)
    _let_in(request, route, staff, thing)
    if request.session.get(LAST) != staff.workspace.slug:
        request.session[LAST] = staff.workspace.slug
    return [thing]


def key_of(request: HttpRequest) -> str | None:
    """The secret that a program sends with its request."""
    kind, _, secret = request.headers.get("Authorization", "").partition(" ")
    return secret.strip() if kind.lower() == "bearer" else None


def _admit_program(request: HttpRequest, route: Route, address: dict[str, Any], key: str) -> list[Any]:
    """The same for a program, which acts for the owner of its key, in the key's workspace. Raises NoSuchKey too.

    Pages it may only read: what it changes it changes through the API.
    """
    bearer = api_token.staff_by(key, now=clock.now())
    if bearer is None:
        raise NoSuchKey
    if route.scope is scope.ACCOUNT and route.api:
        request.user, request.staff = bearer.account, bearer  # type: ignore[attr-defined]
        return []
    if route.scope.key == "":
        raise Http404
    staff, thing = _found(bearer.account, route.scope, address)
    if staff.pk != bearer.pk:
        raise Http404
    staff.only = bearer.only
    request.user = bearer.account
    if request.method not in READ and not route.api:
        request.staff = staff  # type: ignore[attr-defined]
        raise Forbidden
    _let_in(request, route, staff, thing)
    return [thing]


def _let_in(request: HttpRequest, route: Route, staff: Staff, thing: Any) -> None:
    """Whether the role has the permission. Raises Forbidden, MadeUp, Removed."""
    request.staff, request.workspace = staff, staff.workspace  # type: ignore[attr-defined]
    permission = route.needs(request.method or "")
    if permission is None or not all(staff.may(each) for each in (permission, *route.also)):
        raise Forbidden
    if route.real and request.method not in READ and staff.workspace.example_of_id:
        raise MadeUp
    if route.scope is scope.GROUP and thing.removed:
        raise Removed(thing)


def _found(account: Account, what: scope.Scope, address: dict[str, Any]) -> tuple[Staff, Any]:
    """The thing and what the account is in its workspace. Raises Http404."""
    key = address.pop(what.key)
    if what is scope.WORKSPACE:
        workspace = Workspace.objects.filter(slug=key).first()
    else:
        assert what.model is not None
        row = what.model._default_manager.filter(pk=key).select_related("workspace").first()
        workspace = row.workspace if row else None  # type: ignore[attr-defined]
    staff = staff_of(account, workspace) if workspace else None
    if staff is None:
        raise Http404
    staff.workspace, staff.account = workspace, account  # type: ignore[assignment]
    if what.rows is None:
        return staff, workspace
    thing = what.rows(staff).filter(pk=key).first()
    if thing is None and what is scope.GROUP:
        thing = scope.REMOVED_GROUP.of(staff).filter(pk=key).first()
    if thing is None:
        raise Http404
    thing.workspace = workspace
    return staff, thing


def to_login(request: HttpRequest) -> HttpResponse:
    """To the login page, and back afterwards; where nobody has an account yet, to the first one."""
    place = reverse("start") if nobody_yet() else reverse("account_login")
    if request.headers.get("Accept") == "application/json":
        return JsonResponse({"address": place}, status=401)
    if request.method in {"GET", "HEAD"} and not request.headers.get("HX-Request"):
        place += "?" + urlencode({"next": request.get_full_path()})
    response: HttpResponse = HttpResponseRedirect(place)
    if request.headers.get("HX-Request"):
        response = HttpResponse(status=204)
        response.headers["HX-Redirect"] = place
    return response


def first_workspace(request: HttpRequest) -> Workspace | None:
    """The workspace an account used last, else its first; None where it works nowhere."""
    assert isinstance(request.user, Account)
    mine = workspaces_of(request.user)
    return mine.filter(slug=request.session.get(LAST, "")).first() or mine.first()
