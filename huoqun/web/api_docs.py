"""What the API offers: as OpenAPI for programs, as a page for people."""

import re
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext, gettext_lazy

from huoqun.people.workspace import Workspace
from huoqun.web import word
from huoqun.web.api import NINJA, OPERATIONS
from huoqun.web.gate import Asked
from huoqun.web.route import API, Route

PARTS = {
    "staff": gettext_lazy("Workspace, team, log"),
    "groups": gettext_lazy("Groups"),
    "measures": gettext_lazy("Periods, network, alerts"),
    "plans": gettext_lazy("Goal, tree, who looks after it"),
    "research": gettext_lazy("Research"),
    "dealings": gettext_lazy("With people"),
    "introductions": gettext_lazy("Introductions"),
    "cards": gettext_lazy("Cards from the chat"),
    "board": gettext_lazy("Needs and offers"),
    "people": gettext_lazy("People"),
    "consents": gettext_lazy("Consent and erasure"),
    "rolls": gettext_lazy("Lists of people"),
    "segments": gettext_lazy("Segments"),
    "strata": gettext_lazy("Strata"),
    "surveys": gettext_lazy("Surveys"),
    "asked": gettext_lazy("Whom a survey asks"),
    "activities": gettext_lazy("Activities"),
    "life": gettext_lazy("The life of an activity"),
    "attendance": gettext_lazy("Who takes part, and what they hand in"),
    "points": gettext_lazy("Points"),
    "runs": gettext_lazy("Runs"),
    "content": gettext_lazy("Content"),
    "duty": gettext_lazy("Duty"),
    "outbox": gettext_lazy("What is to be said in the groups"),
    "commands": gettext_lazy("Commands from the chat"),
    "imports": gettext_lazy("Imports and search"),
}
"""The parts of the page by the tags of the operations, in this order."""


def schema(request: HttpRequest) -> HttpResponse:
    """The OpenAPI document."""
    return JsonResponse(NINJA.get_openapi_schema(path_prefix=API), json_dumps_params={"ensure_ascii": False})


def page(request: Asked, workspace: Workspace) -> HttpResponse:
    """Every operation with what it needs and gives, from the same document."""
    told = NINJA.get_openapi_schema(path_prefix=API)
    parts: dict[str, list[dict[str, Any]]] = {part: [] for part in PARTS}
    for route in OPERATIONS:
        address = "/" + re.sub(r"<\w+:(\w+)>", r"{\1}", route.address)
        known = told["paths"][address][route.methods[0].lower()]
        parts[known["tags"][0]].append(_line(route, address, known))
    return render(request, "console/api.html", {"parts": [(PARTS[part], lines) for part, lines in parts.items()]})


def _line(route: Route, address: str, known: dict[str, Any]) -> dict[str, Any]:
    summary = known["summary"]
    body = next(iter(known.get("requestBody", {}).get("content", {}).items()), None)
    return {
        "method": route.methods[0],
        "address": address,
        "summary": gettext(summary),
        "needs": [(word.of("permission", p), p) for p in (route.permission, *route.also) if p],
        "query": [p["name"] for p in known["parameters"] if p["in"] == "query"],
        "body": body[1]["schema"].get("$ref", body[0]).rpartition("/")[2] if body else "",
    }
