"""The gate of the API: each operation of the table in `web/api` is a `Route` that `web/gate` guards like a page.

An operation is a function `(request, thing, …)`: the thing of its address as `web/scope` finds it, then typed values
that django-ninja reads and checks. Whoever may not is told so before a byte of the body is looked at.
"""

import hashlib
import inspect
import re
from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI, Schema, Status
from ninja.errors import HttpError, Throttled, ValidationError
from ninja.security.base import AuthBase
from ninja.throttling import AuthRateThrottle
from ninja.utils import check_csrf

from huoqun.activities.kind import Refused
from huoqun.people import positioning
from huoqun.people.group import Removed
from huoqun.people.workspace import Workspace
from huoqun.web import api_facts, api_fault, gate
from huoqun.web.api_fault import Fault
from huoqun.web.route import READ, Route
from huoqun.web.scope import Scope

FAULTS = frozenset({400, 401, 403, 404, 409, 410, 413, 422, 429, 503, 507})
"""What every operation may answer beside what it is asked for."""
NOTHING = 204
"""A change after which there is nothing to tell."""
THROTTLE = AuthRateThrottle(settings.API_RATE)
"""Counts the requests of each key and of each session's account."""


class Faulty(Schema):
    """What went wrong, as django-ninja wraps an answer: one for all, because it would make one a code and operation."""

    response: Fault


class Forged(Exception):
    """A change by a browser that does not prove that our page sent it."""


class Pass(AuthBase):
    """Lets in whom `web/gate` lets in: a key, or a session that proves with each change that it is our page."""

    openapi_type = "http"
    openapi_scheme = "bearer"

    def __init__(self, route: Route) -> None:
        super().__init__()
        self.route = route

    def __call__(self, request: HttpRequest) -> str:
        """Who is asking, for counting; `request.given` is what the operation gets. Raises what `gate.admit` does."""
        assert request.resolver_match is not None
        given = gate.admit(request, self.route, dict(request.resolver_match.kwargs))
        request.given = given  # type: ignore[attr-defined]
        key = gate.key_of(request)
        if key is not None:
            return hashlib.sha256(key.encode()).hexdigest()
        if request.method not in READ and check_csrf(request, self.route.view) is not None:
            raise Forged
        return str(request.user.pk)


def operation(
    method: str, address: str, view: Callable[..., Any], scope: Scope, permission: str | None = None, *also: str
) -> Route:
    """One line of the table; the name of the operation is that of its function. `also`: what it needs besides."""
    return Route("api/" + address, view, view.__name__, scope, permission, methods=(method,), api=True, also=also)


def serve(api: NinjaAPI, routes: tuple[Route, ...]) -> None:
    """Let django-ninja serve the operations of a table, each behind its gate."""
    for route in routes:
        view = _behind(route)
        answer = inspect.signature(route.view).return_annotation
        api.default_router.add_api_operation(
            re.sub(r"<(\w+):(\w+)>", r"{\1:\2}", route.address.removeprefix("api")),
            list(route.methods),
            view,
            auth=Pass(route),
            throttle=THROTTLE,
            response={NOTHING if answer is None else 200: answer},
            operation_id=route.name,
            summary=inspect.cleandoc(route.view.__doc__ or "").splitlines()[0],
            tags=[route.view.__module__.rpartition("_")[2]],
            openapi_extra={"x-scope": route.scope.name, "x-permission": route.permission, "x-also": list(route.also)},
        )
    for path in api.default_router.path_operations.values():
        for served in path.operations:
            served.response_models |= dict.fromkeys(sorted(FAULTS), Faulty)
    for fact in api_facts.FACTS:
        api.add_exception_handler(fact, api_facts.of_fact)
    _handle(api)


def _behind(route: Route) -> Callable[..., Any]:
    """The operation as django-ninja reads it: with the key of the thing where its function gets the thing."""
    signature = inspect.signature(route.view)
    request, *others = signature.parameters.values()
    if route.scope.key:
        thing, *others = others
        kind = str if thing.annotation is Workspace else UUID
        others = [inspect.Parameter(route.scope.key, thing.kind, annotation=kind), *others]

    @wraps(route.view)
    def behind(request: HttpRequest, **values: Any) -> Any:
        values.pop(route.scope.key, None)
        answer = route.view(request, *request.given, **values)  # type: ignore[attr-defined]
        return Status(NOTHING, None) if signature.return_annotation is None else answer

    behind.__signature__ = signature.replace(parameters=[request, *others])  # type: ignore[attr-defined]
    return behind


def _handle(api: NinjaAPI) -> None:
    """Say what went wrong outside the operations in the same shape."""

    def status(number: int) -> Callable[[HttpRequest, Any], HttpResponse]:
        return lambda _request, _error: api_fault.plain(number)

    def no_key(_request: HttpRequest, _error: Any) -> HttpResponse:
        answer = api_fault.plain(401)
        answer.headers["WWW-Authenticate"] = "Bearer"
        return answer

    def unread(_request: HttpRequest, error: Any) -> HttpResponse:
        return api_fault.plain(error.status_code)

    api.add_exception_handler(gate.NotYet, no_key)
    api.add_exception_handler(gate.NoSuchKey, no_key)
    api.add_exception_handler(gate.Forbidden, status(403))
    api.add_exception_handler(gate.MadeUp, status(409))
    api.add_exception_handler(Forged, status(403))
    api.add_exception_handler(Http404, status(404))
    api.add_exception_handler(Removed, status(410))
    api.add_exception_handler(Throttled, status(429))
    api.add_exception_handler(HttpError, unread)
    api.add_exception_handler(positioning.BadCard, api_facts.of_card)
    api.add_exception_handler(api_facts.BadPlan, api_facts.of_plan)
    api.add_exception_handler(Refused, api_facts.of_refusal)
    api.add_exception_handler(ValidationError, api_facts.of_shape)
