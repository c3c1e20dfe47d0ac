"""The tree of groups: main groups with the local and project groups under them, each with how it stands."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import render

from huoqun.people.staff import groups_for
from huoqun.people.workspace import Workspace
from huoqun.web.gate import Asked

MOST = 2000
"""Groups drawn; the page says where more stand in the tree."""


def page(request: Asked, workspace: Workspace) -> HttpResponse:
    """All groups that stand in the tree."""
    placed = groups_for(request.staff).exclude(branch=None).select_related("branch")
    total = placed.count()
    rows = list(placed.annotate(state=F("newest__state")).order_by("name", "pk")[:MOST])
    below: dict[UUID | None, list[Any]] = {}
    seen = {row.pk for row in rows}
    for row in rows:
        parent = row.branch.parent_id
        below.setdefault(parent if parent in seen else None, []).append(row)
    context = {"tree": _nested(below, None), "total": total, "most": MOST, "tab": "tree"}
    return render(request, "group/tree.html", context)


def _nested(below: Mapping[UUID | None, list[Any]], parent: UUID | None) -> list[dict[str, Any]]:
    """The groups under one with those under them; as deep as `people/branch` lets trees grow."""
    return [{"group": row, "below": _nested(below, row.pk)} for row in below.get(parent, ())]
