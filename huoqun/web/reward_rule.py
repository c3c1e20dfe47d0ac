"""The rules of rewards: levels, what talk is worth (with what it would have brought), badges and titles with who
would get them."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from pydantic import ValidationError

from huoqun.base import clock
from huoqun.insight.speech import TalkRule
from huoqun.people import honour, scheme, talk_pay
from huoqun.people.honour import HonourRule, Part
from huoqun.people.level import Step, Uneven
from huoqun.people.staff import groups_for
from huoqun.people.workspace import Workspace
from huoqun.web import query, rewarding, word
from huoqun.web.gate import Asked
from huoqun.web.rewarding import Refused, number

PREVIEWED = 5
"""Groups over which talk is previewed, the largest first: each is read from the archive while somebody waits."""


def levels(request: Asked, workspace: Workspace) -> HttpResponse:
    """The levels, and what talk is worth."""
    if request.method == "POST":
        deeds = {
            "levels": lambda: _levels(request, workspace),
            "talk": lambda: _talk(request, workspace, on=True),
            "silent": lambda: _talk(request, workspace, on=False),
        }
        if request.POST.get("do") == "try":
            return _page(request, workspace, try_it=True, typed=request.POST)
        return rewarding.acted(request, "reward_levels", deeds, lambda **known: _page(request, workspace, **known))
    return _page(request, workspace)


def _page(request: Asked, workspace: Workspace, status: int = 200, try_it: bool = False, **known: Any) -> HttpResponse:
    steps, (rule, on) = scheme.levels(workspace), scheme.talk_rule(workspace)
    tried = None
    if try_it:
        try:
            rule = _rule(request)
            biggest = groups_for(request.staff).order_by("-messages")[:PREVIEWED]
            tried = talk_pay.preview(list(biggest), rule, now=clock.now())
        except Refused as error:
            known["wrong"], status = rewarding.why(error), 409
    context = {
        "steps": "\n".join(f"{s.name} = {s.points}" for s in steps),
        "stair": steps,
        "rule": [(name, word.of("talk_rule", name), getattr(rule, name)) for name in TalkRule.model_fields],
        "on": on,
        "tried": tried,
        "reasons": [(word.of("talk", w), n) for w, n in tried.reasons.items()] if tried else [],
        **known,
    }
    return rewarding.shown(request, "reward_levels", "levels", status, **context)


def _levels(request: Asked, workspace: Workspace) -> str:
    found = []
    for line in request.POST.get("steps", "").replace("\0", "").replace("＝", "=").splitlines()[:50]:
        name, sign, mark = line.rpartition("=")
        if not line.strip():
            continue
        if not sign or not (mark.strip().isascii() and mark.strip().isdecimal()):
            raise Uneven
        try:
            found.append(Step(name=name.strip(), points=int(mark)))
        except ValidationError as error:
            raise Uneven from error
    scheme.set_levels(workspace, found, by=request.user, now=clock.now())
    return _("The levels are kept.")


def _rule(request: HttpRequest) -> TalkRule:
    try:
        return TalkRule.model_validate({name: number(request, f"talk-{name}") for name in TalkRule.model_fields})
    except ValidationError as error:
        raise Refused("number") from error


def _talk(request: Asked, workspace: Workspace, *, on: bool) -> str:
    rule = _rule(request) if on else scheme.talk_rule(workspace)[0]
    scheme.set_talk(workspace, rule, on=on, by=request.user, now=clock.now())
    return _("Talk is worth points from now on.") if on else _("Talk brings no points any more; what was given stays.")


def honours(request: Asked, workspace: Workspace) -> HttpResponse:
    """The rules of badges and titles, and whom each would honour."""
    if request.method == "POST":
        deeds = {
            "keep": lambda: _keep(request, workspace),
            "give": lambda: _give(request, workspace),
            "remove": lambda: _remove(request, workspace),
        }
        if request.POST.get("do") == "try":
            return _try(request, workspace)
        return rewarding.acted(request, "reward_honours", deeds, lambda **known: _honours(request, workspace, **known))
    return _honours(request, workspace)


def _honours(request: Asked, workspace: Workspace, status: int = 200, **known: Any) -> HttpResponse:
    now, rows, groups = clock.now(), [], groups_for(request.staff)
    for rule in honour.rules(workspace):
        parts = [Part.model_validate(p) for p in rule.parts]
        those = honour.would_get(workspace, parts, rule=rule, now=now)
        rows.append((rule, [said(p) for p in parts], len(those), honour.named(those, groups, 12)))
    context = {
        "rows": rows,
        "kinds": [(k, kind_word(k)) for k in honour.kinds(workspace)],
        "whats": [(w, word.of("honour", w)) for w in honour.WHATS],
        "lines": _typed(known.get("typed")),
        **known,
    }
    return rewarding.shown(request, "reward_honours", "honours", status, **context)


def _try(request: Asked, workspace: Workspace) -> HttpResponse:
    try:
        those = honour.would_get(workspace, _parts(request), now=clock.now())
    except Refused as error:
        return _honours(request, workspace, 409, wrong=rewarding.why(error), typed=request.POST)
    return _honours(
        request, workspace, typed=request.POST, tried=(len(those), honour.named(those, groups_for(request.staff)))
    )


def said(part: Part) -> str:
    """A part of a rule as a sentence."""
    values = {"kind": kind_word(part.kind), "n": part.count, "days": part.days, "within": part.within}
    text = _("%(kind)s: at least %(n)s") % values
    if part.days:
        text += _(", on %(days)s days") % values
    if part.within:
        text += _(", within %(within)s days") % values
    return text


def kind_word(kind: str) -> str:
    """What is asked for, in words."""
    special = word.of("asked_of", kind)
    return special if kind in {honour.EARNED, honour.SAID} else word.of("happened", kind)


def _typed(form: Any) -> list[dict[str, str]]:
    names = ("kind", "count", "days", "within")
    return [
        {n: form.get(f"{n}{i}", "") if form else "" for n in names} | {"i": str(i)} for i in range(honour.MOST_PARTS)
    ]


def _parts(request: HttpRequest) -> list[Part]:
    found = []
    for i in range(honour.MOST_PARTS):
        if kind := request.POST.get(f"kind{i}", "").replace("\0", ""):
            numbers = {"count": number(request, f"count{i}", 1)}
            numbers |= {name: number(request, f"{name}{i}", 0) for name in ("days", "within")}
            try:
                found.append(Part(kind=kind, **numbers))
            except ValidationError as error:
                raise Refused("number") from error
    if not found:
        raise Refused("rule")
    return found


def _keep(request: Asked, workspace: Workspace) -> str:
    form = request.POST
    honour.keep(
        workspace,
        what=form.get("what", ""),
        name=form.get("name", "").replace("\0", ""),
        parts=_parts(request),
        by_itself=bool(form.get("by_itself")),
        by=request.user,
        now=clock.now(),
    )
    return _("The rule is kept.")


def _rule_of(request: Asked, workspace: Workspace) -> HonourRule:
    row = honour.rules(workspace).filter(pk=query.row(request.POST.get("which", ""))).first()
    if row is None:
        raise Refused("not_there")
    return row


def _give(request: Asked, workspace: Workspace) -> str:
    n = honour.give(_rule_of(request, workspace), by=request.user, now=clock.now())
    return ngettext("%(n)s person was honoured.", "%(n)s people were honoured.", n) % {"n": n}


def _remove(request: Asked, workspace: Workspace) -> str:
    honour.remove(_rule_of(request, workspace), by=request.user, now=clock.now())
    return _("The rule is gone; who has the honour keeps it.")
