"""Introductions: who should meet whom in a group, the words for it, and what became of it."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _

from huoqun.base import clock
from huoqun.people import dealing as dealings
from huoqun.people import introduction, question_route
from huoqun.people.dealing import ACCEPTED, DECLINED, DONE, Dealing
from huoqun.people.group import Group
from huoqun.people.history import aware
from huoqun.people.introduction import KIND, Member, Proposal
from huoqun.people.rapport import acquaintance
from huoqun.web import spoken
from huoqun.web.dealing import NobodyMeant, dealing, done, paged, shown
from huoqun.web.gate import Asked


def page(request: Asked, group: Group) -> HttpResponse:
    """Proposals, what is under way, and what was done; deciding."""
    if request.method == "POST":
        return done(request, group, "introductions", lambda: _do(request, group))
    language = spoken.language_of(group)
    under_way = dealings.dealings(group, KIND).filter(state=ACCEPTED)[:100]
    past = paged(request, dealings.dealings(group, KIND).filter(state=DONE))
    known = acquaintance(group)
    members = introduction.members_of(group, known)
    return shown(
        request,
        group,
        "introductions",
        proposals=[(p, _said(p, language)) for p in introduction.proposals(group, known, members)],
        questions=[(q, _passed(q, language)) for q in question_route.routes(group, known, members)],
        under_way=[_row(row, group, members) for row in under_way],
        past=past,
        done=[_row(row, group, members) for row in past.rows],
        outcomes=introduction.OUTCOMES,
    )


def _said(proposal: Proposal, language: str) -> str:
    reasons = proposal.told()["reasons"]
    return spoken.introduction(proposal.one.name, proposal.other.name, reasons, language)


def _passed(asked: question_route.Asked, language: str) -> str:
    values = {"one": asked.knows.name, "other": asked.asker.name, "quote": asked.quote.text}
    return spoken.words("question", language, **values)


def _pass_on(request: Asked, group: Group, passed: bool, values: dict[str, Any]) -> str:
    """A question passed on to who knows, or left. Raises NotProposed, Settled."""
    key, words = request.POST.get("pair", ""), request.POST.get("words", "")
    question_route.decide(group, key, passed=passed, words=words, **values)
    return _("Kept. Whether it is answered shows with the next import.") if passed else _("Put aside.")


def _row(row: Dealing, group: Group, members: dict[UUID, Member]) -> dict[str, Any]:
    """A dealing with the names of both, and the tie that the archive shows since."""
    assert row.other is not None
    keys = [(p.root or p).pk for p in (row.person, row.other)]
    one, other = (members.get(k) for k in keys)
    known = acquaintance(group)
    tie = known.knows(one.accounts, other.accounts) if known and one and other else None
    names = [m.name if m else _("Nobody named") for m in (one, other)]
    return {
        "row": row,
        "keys": keys,
        "names": names,
        "tie": tie if tie and row.at and aware(tie.last) > row.at else None,
        "looked": known is not None and row.at is not None and known.as_of > row.at,
        "times": sum(tie.kinds.values()) if tie else 0,
    }


def _do(request: Asked, group: Group) -> str:
    """One decision. Raises NobodyMeant, NotProposed, Settled."""
    values: dict[str, Any] = {"by": request.user, "now": clock.now()}
    what = request.POST.get("do", "")
    if what in {"passed", "kept"}:
        return _pass_on(request, group, what == "passed", values)
    if what in {"accept", "refuse"}:
        key, words = request.POST.get("pair", ""), request.POST.get("words", "")
        introduction.decide(group, key, accept=what == "accept", words=words, **values)
        return _("Accepted: it is under way below.") if what == "accept" else _("They are not proposed again.")
    row = dealing(request, group, KIND)
    if what == "outcome":
        outcome = request.POST.get("outcome", "")
        if outcome not in introduction.OUTCOMES:
            raise NobodyMeant
        dealings.conclude(row, outcome, **values)
        return _("Kept.")
    state = {"done": DONE, "drop": DECLINED}[what]
    dealings.settle(group, KIND, row.key, person=row.person, other=row.other, state=state, **values)
    return _("Done. What comes of it shows here with the next import.") if state == DONE else _("Put aside.")
