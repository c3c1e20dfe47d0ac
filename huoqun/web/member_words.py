"""A member is asked whether something they said may be shown elsewhere, over a link of their own: with their name,
without, or not."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from huoqun.base import clock
from huoqun.content import find
from huoqun.content.find import Find
from huoqun.people import code
from huoqun.people.person import ones
from huoqun.web.gate import Asked
from huoqun.web.member_door import STATUS, bearer, quiet, told

SOURCE = "own link"


def page(request: HttpRequest, token: str, which: str) -> HttpResponse:
    """The words and the question; the answer can be changed as long as they are kept."""
    who = bearer(token)
    if isinstance(who, str):
        return told(request, who, STATUS.get(who, 410))
    row = Find.objects.filter(pk=which, identity__person__in=ones(who.person)).select_related("group").first()
    if row is None or row.agreed == find.UNASKED:
        return told(request, "removed", 410)
    if request.method == "POST":
        answer = request.POST.get("answer", "")
        if answer in find.ANSWERS:
            find.answer(row, answer, source=SOURCE, now=clock.now())
        return quiet(redirect("member_words", token, which))
    return quiet(render(request, "member/words.html", {"row": row, "who": who, "token": token}))


def link(request: Asked, row: Find) -> str:
    """The address at which the author of a find answers; "" where nobody is asked."""
    if row.identity is None or row.agreed == find.UNASKED:
        return ""
    token = code.personal(row.identity, now=clock.now())
    return request.build_absolute_uri(reverse("member_words", args=[token, row.pk]))
