"""Starting runs: the playbook, where, from when, with what; what would happen, before anything does; then the start."""

from collections import Counter
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from huoqun.base import clock
from huoqun.people import segment, view
from huoqun.people.account import Account
from huoqun.people.group import Group
from huoqun.people.staff import groups_for
from huoqun.people.workspace import Workspace
from huoqun.playbooks import fit, rehearsal, starting, starting_many
from huoqun.playbooks.fit import Concern
from huoqun.playbooks.offered import Offer, offered
from huoqun.playbooks.rehearsal import Foreseen
from huoqun.playbooks.run import edition_of
from huoqun.web import choosing, query, run_form, run_said, word
from huoqun.web.gate import Asked
from huoqun.web.run_form import Wish
from huoqun.web.when import zone_of

SHOWN = 100
"""Groups named in a dry run, those against which most speaks first; all are counted."""
FOR_ALL = {"role", "past"}
"""What is the same in every group, and is said once."""
GRAVE = ("same_run", "selling_early", "load", "other_run", "type", "stage", "size", "quiet")
"""What speaks against a group, the gravest first."""


def new(request: Asked, workspace: Workspace) -> HttpResponse:
    """The form, what would happen, and the start; without a playbook those there are."""
    offers = offered(workspace)
    sent = request.POST if request.method == "POST" else request.GET
    offer = offers.get(sent.get("playbook", ""))
    if offer is None:
        return _shelf(request, offers)
    if request.method != "POST":
        return _form(request, run_form.empty(request, offer))
    wish = run_form.sent(request, offer)
    if choosing.sought(request):
        wish.wrong = {}
        return _form(request, wish)
    if wish.wrong:
        return _form(request, wish, 422)
    if request.POST.get("do") == "start":
        return _start(request, wish)
    return _form(request, wish, look=True)


def _shelf(request: Asked, offers: dict[str, Offer]) -> HttpResponse:
    """The playbooks to choose from; those that fit the group in the address first."""
    group = groups_for(request.staff).filter(pk=query.row(request.GET.get("group", ""))).first()
    lines = [
        {
            "id": name,
            "title": run_said.titled(offer.head["title"]),
            "about": run_said.titled(offer.head["about"]).split("\n", 1)[0],
            "days": offer.head["days"],
            "minutes": sum(role["minutes"] * role.get("many", 1) for role in offer.head["roles"].values()),
            "types": [word.of("type", each) for each in offer.head["fits"]],
            "fits": bool(group and group.type in offer.head["fits"] and group.stage in offer.head["stages"]),
        }
        for name, offer in offers.items()
    ]
    lines.sort(key=lambda line: (not line["fits"], str(line["id"])))
    return render(request, "run/shelf.html", {"lines": lines, "group": group})


def _form(request: Asked, wish: Wish, status: int = 200, *, look: bool = False, **said: Any) -> HttpResponse:
    staff, now = request.staff, clock.now()
    asks_segment = any(getattr(step, "who", "") == "segment" for step in wish.book.steps)
    context: dict[str, Any] = {
        "wish": wish,
        "book": wish.book,
        "title": run_said.titled(wish.book.title),
        "about": getattr(wish.book.about, word.language()),
        "fields": run_form.fields(wish),
        "roles": run_form.roles(wish, staff),
        "wrong": {name: word.of("run_refused", why) for name, why in wish.wrong.items()},
        "choice": choosing.choice(request, groups_for(staff), wish.ticked, only=True),
        "views": view.views_of(request.workspace, request.user),
        "segments": segment.segments(request.workspace) if asks_segment else (),
        "matching": fit.matching(groups_for(staff), wish.book).count(),
        "types": [word.of("type", each) for each in wish.book.fits],
        "stages": [word.of("stage", each) for each in wish.book.stages],
        "address": reverse("run_new", args=[request.workspace.slug]),
    }
    if look and wish.begins:
        context |= _look(wish, request, now)
    return render(request, "run/new.html", context | said, status=status)


def _look(wish: Wish, request: Asked, now: Any) -> dict[str, Any]:
    """What speaks against it, group by group, and what would happen in one of them."""
    assert wish.begins is not None
    told = fit.of_groups(wish.groups, wish.book, wish.begins, wish.people, now=now)
    counted = Counter(each for some in told.values() for each in {c.id for c in some} - FOR_ALL)
    kept = _kept(wish, told)
    first = wish.groups[0]
    asked = query.key(request.POST.get("sample", ""))
    sample = next((group for group in wish.groups if group.pk == asked), kept[0] if kept else first)
    ranked = sorted(wish.groups, key=lambda group: (_rank(told[group.pk]), group.name))
    return {
        "looked": True,
        "for_all": [run_said.concern(c, sample, wish.book) for c in told[sample.pk] if c.id in FOR_ALL],
        "counted": [
            (each, word.of("run_concern_short", each), counted[each], each in wish.without)
            for each in GRAVE
            if counted[each]
        ],
        "well": sum(not {c.id for c in some} - FOR_ALL for some in told.values()),
        "lines": [
            {
                "group": group,
                "out": group.pk in wish.out,
                "concerns": [run_said.concern(c, group, wish.book) for c in told[group.pk] if c.id not in FOR_ALL],
            }
            for group in ranked[:SHOWN]
        ],
        "more": max(0, len(wish.groups) - SHOWN),
        "kept": len(kept),
        "sample": sample,
        "samples": ranked[:SHOWN] if len(wish.groups) > 1 else (),
        "days": _days(wish, sample, now),
    }


def _rank(concerns: list[Concern]) -> int:
    """How grave the gravest of some concerns is: the lower, the graver."""
    return min((GRAVE.index(c.id) for c in concerns if c.id in GRAVE), default=len(GRAVE))


def _kept(wish: Wish, told: dict[UUID, list[Concern]]) -> list[Group]:
    """The groups that are not left out."""
    return [g for g in wish.groups if g.pk not in wish.out and not wish.without & {c.id for c in told[g.pk]}]


def _days(wish: Wish, group: Group, now: Any) -> list[tuple[str, str, list[dict[str, Any]]]]:
    """The dry run in one group: by day, what would happen when, said to whom."""
    assert wish.begins is not None
    seen = rehearsal.rehearse(
        group,
        wish.book,
        wish.text,
        begins=wish.begins,
        values=wish.values,
        people=wish.people,
        segment=wish.segment_key,
        now=now,
    )
    names = {who.pk: str(who) for who in Account.objects.filter(pk__in=set(wish.people.values()))}
    zone = zone_of(group.zone)
    found: dict[str, tuple[str, str, list[dict[str, Any]]]] = {}
    for each in seen:
        at = each.at.astimezone(zone) if each.at else None
        key = at.date().isoformat() if at else ""
        number = (at.date() - wish.begins).days + 1 if at else None
        title = _("Day %(n)s") % {"n": number} if number else _("When it happens, or on no day yet")
        found.setdefault(key, (title, key, []))[2].append(_line(each, wish, names, zone))
    return [found[key] for key in sorted(found, key=lambda k: (k == "", k))]


def _line(each: Foreseen, wish: Wish, names: dict[UUID, str], zone: Any) -> dict[str, Any]:
    book, step = wish.book, each.step
    role = book.roles.get(step.role or "")
    waits = each.waits.astimezone(zone) if each.waits else None
    return {
        "do": getattr(step, "do", ""),
        "title": run_said.titled(step.title),
        "at": f"{each.at.astimezone(zone):%H:%M}" if each.at else "",
        "about": not each.sure and each.at is not None,
        "waits": f"{waits:%m-%d %H:%M}" if waits else "",
        "turns": each.turns,
        "words": [
            (word.of("run_field", name), run_said.legible(text, book)) for name, text in each.words.items() if text
        ],
        "meant": run_said.meant(each.meant, book) if each.meant else "",
        "role": run_said.titled(role.name) if role else "",
        "who": names.get(each.who, "") if each.who else "",
        "path": run_said.titled(book.paths[step.path]) if step.path else "",
        "only_if": run_said.condition(step.only_if, book) if step.only_if else "",
        "gate": run_said.condition(step.gate, book) if step.gate else "",
    }


def _start(request: Asked, wish: Wish) -> HttpResponse:
    assert wish.begins is not None
    now = clock.now()
    told = fit.of_groups(wish.groups, wish.book, wish.begins, wish.people, now=now) if wish.without else {}
    kept = _kept(wish, {group.pk: told.get(group.pk, []) for group in wish.groups})
    if not kept:
        wish.wrong["groups"] = "nothing_left"
        return _form(request, wish, 422, look=True)
    together = wish.once(kept)
    try:
        runs = starting_many.start_all(
            kept,
            edition_of(request.workspace, wish.text, by=request.user, now=now),
            begins=wish.begins,
            values=wish.values,
            people=wish.people,
            together=together,
            segment=wish.segment_key,
            by=request.user,
            now=now,
        )
    except starting.Over:
        wish.wrong["begins"] = "past"
        return _form(request, wish, 422)
    except starting.BadValue as error:
        wish.wrong[f"var-{error.name}"] = error.why
        return _form(request, wish, 422)
    many = runs.count()
    told_many = ngettext("Started in %(n)s group.", "Started in %(n)s groups.", many) % {"n": many}
    messages.success(request, told_many)
    if many == 1:
        return redirect("run", runs[0].pk)
    return redirect(f"{reverse('runs', args=[request.workspace.slug])}?together={together.hex}")
