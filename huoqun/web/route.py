"""The route: an address, the page behind it, and what it takes to be let in. `urls.py` lists all of them.

A route says of what it is (its scope) and which permission it needs; `web/gate` finds the thing, checks, and hands it
to the view, so that no view looks for itself and a new route is guarded, listed and tested without another line.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from django.http import HttpResponse

from huoqun.web.scope import OPEN, Scope

READ = ("GET", "HEAD")
WRITE = ("POST",)
API = "/api/"
"""Under this the addresses for programs stand."""


@dataclass(frozen=True)
class Route:
    """One address. `view` gets the request and the thing of the scope, then whatever else stands in the address."""

    address: str
    view: Callable[..., HttpResponse]
    name: str
    scope: Scope = OPEN
    permission: str | None = None
    write: str | None = None
    """The permission for POST where one address shows and changes."""
    methods: tuple[str, ...] = READ
    real: bool = False
    """A change by it brings in what is real (files, lists, keys, colleagues), which an example does not take."""
    also: tuple[str, ...] = ()
    """Permissions it needs besides."""
    api: bool = False
    """For programs: speaks JSON, and a key may change what it was made for; see `web/api`."""

    def needs(self, method: str) -> str | None:
        """The permission that a method needs."""
        return self.write if self.write and method in WRITE else self.permission


def real(route: Route) -> Route:
    """The same, kept out of an example."""
    return replace(route, real=True)


def read(
    address: str, view: Callable[..., HttpResponse], name: str, scope: Scope = OPEN, permission: str | None = None
) -> Route:
    """A page that changes nothing."""
    return Route(address, view, name, scope, permission)


def write(
    address: str, view: Callable[..., HttpResponse], name: str, scope: Scope = OPEN, permission: str | None = None
) -> Route:
    """A change."""
    return Route(address, view, name, scope, permission, methods=WRITE)


def both(
    address: str,
    view: Callable[..., HttpResponse],
    name: str,
    scope: Scope = OPEN,
    permission: str | None = None,
    change: str | None = None,
) -> Route:
    """A page whose form is sent to its own address."""
    return Route(address, view, name, scope, permission, change, (*READ, *WRITE))
