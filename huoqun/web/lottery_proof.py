"""The proof of a sealed draw, of a lottery or of free orders: what everybody may see of it, the same as a file, and the
program that checks the file. Each is paced by address, as every public page is that costs more than a look-up."""

from datetime import datetime
from pathlib import Path

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from huoqun.activities import draw, sealed_draw
from huoqun.activities.activity import DRAFT, Activity, Participation
from huoqun.activities.kinds import KINDS
from huoqun.activities.stake import Stakes
from huoqun.base import clock
from huoqun.people import code
from huoqun.web import pace
from huoqun.web.member_door import TRIED_WITHIN, quiet, told

SHOWN = 500
"""Lines of the list on the page; the file has all of them."""
MOST_LOOKS = 120
"""Looks at proofs from one address in `TRIED_WITHIN`: a whole group may sit behind one."""
PROGRAM = Path(draw.__file__)


def page(request: HttpRequest, token: str) -> HttpResponse:
    """The commitment, the frozen list, the draw, and how to check them."""
    found = _found(request, token)
    if isinstance(found, HttpResponse):
        return found
    row, stakes = found
    shown, names = sealed_draw.published(row, stakes), sealed_draw.agreed_names(row)
    winners = [(stakes.prizes[w.prize], w.number, _name(w.part, names)) for w in sealed_draw.wins(row)]
    context = {"activity": row, "shown": shown, "winners": winners, "token": token, "zone": row.workspace.zone}
    context |= {
        "moments": {k: datetime.fromisoformat(shown[k]) for k in ("committed_at", "frozen_at", "drawn_at") if shown[k]},
        "entries": shown["entries"][:SHOWN],
        "more": max(0, len(shown["entries"]) - SHOWN),
        "turns": [(t, stakes.prizes[t["prize"]].name) for t in shown["replaced"]],
        "sound": shown["seed"] and not draw.check(shown),
    }
    return quiet(render(request, "member/lottery.html", context))


def as_json(request: HttpRequest, token: str) -> HttpResponse:
    """The same as a file that the program reads."""
    found = _found(request, token)
    if isinstance(found, HttpResponse):
        return found
    answer = JsonResponse(sealed_draw.published(*found), json_dumps_params={"ensure_ascii": False, "indent": 1})
    answer.headers["Content-Disposition"] = 'attachment; filename="lottery.json"'
    return quiet(answer)


def program(request: HttpRequest) -> HttpResponse:
    """The program that draws here and checks there: one file."""
    answer = HttpResponse(PROGRAM.read_bytes(), content_type="text/x-python; charset=utf-8")
    answer.headers["Content-Disposition"] = 'attachment; filename="draw.py"'
    return answer


def _found(request: HttpRequest, token: str) -> tuple[Activity, Stakes] | HttpResponse:
    """The activity whose public link it is, with what it draws for; or the page that says why there is none."""
    now = clock.now()
    if pace.too_often(request, "proof", most=MOST_LOOKS, within=TRIED_WITHIN, now=now):
        return told(request, "wait", 429)
    try:
        link = code.read(token, now=now)
    except code.Expired:
        return told(request, "expired", 410)
    except code.Bad:
        return told(request, "bad", 404)
    found = Activity.objects.filter(pk=link.of, kind__in=KINDS, groups__removed=None)
    row = found.select_related("workspace").first()
    stakes = KINDS[row.kind].stakes(row) if row else None
    if link.kind != code.PUBLIC or row is None or stakes is None or row.removed is not None:
        return told(request, "removed", 410)
    return told(request, "draft", 410) if row.state == DRAFT else (row, stakes)


def _name(part: Participation | None, names: dict[str, str]) -> str:
    if part is None:
        return "—"
    return names.get(part.pk.hex) or sealed_draw.public_name(part.identity.name, False)
