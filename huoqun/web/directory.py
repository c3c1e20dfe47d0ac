"""The directory: every address of the installation, also those of the login, as one list for people and programs."""

from collections.abc import Iterator

from django.urls import get_resolver
from django.urls.resolvers import URLPattern, URLResolver

from huoqun.web.route import READ, WRITE, Route

LOGIN = "login"
"""The scope of django-allauth's own pages, which look after themselves."""


def directory() -> list[dict[str, str | None]]:
    """One entry for each address and method: `path`, `name`, `method`, `scope`, `permission`."""
    found: list[dict[str, str | None]] = []
    for path, pattern in _walk("/", get_resolver().url_patterns):
        route = getattr(pattern.callback, "route", None)
        ours = route if isinstance(route, Route) else None
        for method in ours.methods if ours else (*READ, *WRITE):
            if method == "HEAD":
                continue
            known = {"path": path, "name": pattern.name, "method": method}
            scope, permission = (ours.scope.name, ours.needs(method)) if ours else (LOGIN, None)
            found.append({**known, "scope": scope, "permission": permission})
    return found


def _walk(base: str, patterns: list[URLPattern | URLResolver]) -> Iterator[tuple[str, URLPattern]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _walk(base + str(pattern.pattern), pattern.url_patterns)
        else:
            yield base + str(pattern.pattern), pattern
