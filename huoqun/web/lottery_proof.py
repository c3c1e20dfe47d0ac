"""The proof of a lottery: what everybody may see of it, the same as a file, and the program that checks the file."""

from datetime import datetime
from pathlib import Path

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from huoqun.activities import draw, lottery
from huoqun.activities.activity import DRAFT, Activity, Participation
from huoqun.activities.lottery_prize import prizes, wins
from huoqun.base import clock
from huoqun.people import code
from huoqun.web.member_door import quiet, told

SHOWN = 500
"""Lines of the list on the page; the file has all of them."""
PROGRAM = Path(draw.__file__)


def page(request: HttpRequest, token: str) -> HttpResponse:
    """The commitment, the frozen list, the draw, and how to check them."""
    row = _found(token)
    if isinstance(row, str):
        return told(request, row, 404 if row == "bad" else 410)
    shown, names = lottery.published(row), lottery.agreed_names(row)
    winners = [(prizes(row)[w.prize], w.number, _name(w.part, names)) for w in wins(row)]
    context = {"activity": row, "shown": shown, "winners": winners, "token": token, "zone": row.workspace.zone}
    context |= {
        "moments": {k: datetime.fromisoformat(shown[k]) for k in ("committed_at", "frozen_at", "drawn_at") if shown[k]},
        "entries": shown["entries"][:SHOWN],
        "more": max(0, len(shown["entries"]) - SHOWN),
        "turns": [(t, prizes(row)[t["prize"]].name) for t in shown["replaced"]],
        "sound": shown["seed"] and not draw.check(shown),
    }
    return quiet(render(request, "member/lottery.html", context))


def as_json(request: HttpRequest, token: str) -> HttpResponse:
    """The same as a file that the program reads."""
    row = _found(token)
    if isinstance(row, str):
        return told(request, row, 404 if row == "bad" else 410)
    answer = JsonResponse(lottery.published(row), json_dumps_params={"ensure_ascii": False, "indent": 1})
    answer.headers["Content-Disposition"] = 'attachment; filename="lottery.json"'
    return quiet(answer)


def program(request: HttpRequest) -> HttpResponse:
    """The program that draws here and checks there: one file."""
    answer = HttpResponse(PROGRAM.read_bytes(), content_type="text/x-python; charset=utf-8")
    answer.headers["Content-Disposition"] = 'attachment; filename="draw.py"'
    return answer


def _found(token: str) -> Activity | str:
    """The lottery whose public link it is, or why there is none."""
    try:
        link = code.read(token, now=clock.now())
    except code.Expired:
        return "expired"
    except code.Bad:
        return "bad"
    found = Activity.objects.filter(pk=link.of, kind=lottery.LOTTERY.id, groups__removed=None)
    row = found.select_related("workspace").first()
    if link.kind != code.PUBLIC or row is None or row.removed is not None:
        return "removed"
    return "draft" if row.state == DRAFT else row


def _name(part: Participation | None, names: dict[str, str]) -> str:
    if part is None:
        return "—"
    return names.get(part.pk.hex) or lottery.public_name(part.identity.name, False)
