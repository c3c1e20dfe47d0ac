"""The directory: every address of the installation, of pages, login and API, as one list for people and programs."""

from collections.abc import Iterator
from typing import Any

from django.urls import get_resolver
from django.urls.resolvers import URLPattern, URLResolver

from huoqun.web.api import OPERATIONS
from huoqun.web.route import API, READ, WRITE, Route

LOGIN = "login"
"""The scope of django-allauth's own pages, which look after themselves."""


def directory() -> list[dict[str, Any]]:
    """One entry for each address and method: `path`, `name`, `method`, `scope`, `permission`, `also` (what it needs
    besides)."""
    found: list[dict[str, Any]] = []
    for path, pattern in _walk("/", get_resolver().url_patterns):
        route = getattr(pattern.callback, "route", None)
        if isinstance(route, Route):
            found += _entries(path, route)
        elif not path.startswith(API):
            nobody: dict[str, Any] = {"scope": LOGIN, "permission": None, "also": []}
            found += [{"path": path, "name": pattern.name, "method": m, **nobody} for m in (READ[0], *WRITE)]
    for route in OPERATIONS:
        found += _entries("/" + route.address, route)
    return found


def _entries(path: str, route: Route) -> list[dict[str, Any]]:
    told = {"path": path, "name": route.name, "scope": route.scope.name, "also": list(route.also)}
    return [told | {"method": m, "permission": route.needs(m)} for m in route.methods if m != "HEAD"]


def _walk(base: str, patterns: list[URLPattern | URLResolver]) -> Iterator[tuple[str, URLPattern]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _walk(base + str(pattern.pattern), pattern.url_patterns)
        else:
            yield base + str(pattern.pattern), pattern
