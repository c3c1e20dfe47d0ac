"""The find (候选): something that could be said in groups, gathered overnight or suggested by staff, until somebody
picks or passes over it at the morning desk (`content/sitting`).

From feeds, from the best posts of the groups themselves, from works that members agreed to show, from watchwords, from
what a group talks about, from suggestions. What a member said is theirs: elsewhere than
where they said it, it is used word for word only where they agreed, and with their name only where they agreed to that;
else staff say it in words of their own. See docs/decisions/252-members-words.md.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import (
    CASCADE,
    SET_NULL,
    CharField,
    DateTimeField,
    F,
    FloatField,
    ForeignKey,
    Index,
    Q,
    QuerySet,
    TextField,
    UniqueConstraint,
)

from huoqun.base.table import Table
from huoqun.people import audit, consent
from huoqun.people.account import Account
from huoqun.people.dealing import said
from huoqun.people.display import one_line
from huoqun.people.group import Group
from huoqun.people.person import Identity
from huoqun.people.picture import Picture
from huoqun.people.staff import Staff, groups_for
from huoqun.people.voice import INTERACTIVE, KINDS, USEFUL
from huoqun.people.workspace import Workspace

FEED, BEST, STAFF, WORK, WATCH, TALK = "feed", "best", "staff", "work", "watch", "talk"
ORIGINS = (BEST, WORK, WATCH, TALK, FEED, STAFF)
OPEN, PICKED, PASSED = "open", "picked", "passed"
NAMED, NAMELESS, NO, ASKED, UNASKED = "named", "nameless", "no", "asked", ""
ANSWERS = (NAMED, NAMELESS, NO)
LONGEST_TITLE, LONGEST_TEXT, LONGEST_LINK = 200, 1000, 1000
FRESH = timedelta(days=3)
"""So long something is a candidate; a default."""
KEPT = timedelta(days=60)
"""So long it is known again, so that it is not offered twice."""


class NotAgreed(Exception):
    """Somebody's words are not used with their name before they agreed."""


class Find(Table):
    """A candidate (候选)."""

    workspace = ForeignKey(Workspace, CASCADE, related_name="finds")
    group = ForeignKey(Group, CASCADE, null=True, related_name="finds")
    """Where it was said, of a group's own post."""
    identity = ForeignKey(Identity, CASCADE, null=True, related_name="finds")
    """Who said it; it goes when they are erased."""
    origin = CharField(max_length=8)
    source = CharField(max_length=200, default="")
    """The name of the feed, of the group, of who suggested it."""
    kind = CharField(max_length=12, default=USEFUL)
    title = CharField(max_length=LONGEST_TITLE, default="")
    text = TextField(default="")
    link = CharField(max_length=LONGEST_LINK, default="")
    picture = ForeignKey(Picture, SET_NULL, null=True, related_name="+")
    weight = FloatField(default=0)
    """How much speaks for it within its origin: people who took it up."""
    key = CharField(max_length=64)
    """Digest of what it is: known again, it is not offered again."""
    state = CharField(max_length=8, default=OPEN)
    agreed = CharField(max_length=8, default=UNASKED)
    """What its author said when asked: NAMED, NAMELESS, NO; ASKED: nothing yet."""
    told = DateTimeField(null=True)
    """When it was said or published."""
    at = DateTimeField(null=True)
    """When it was picked or passed over."""
    by = ForeignKey(Account, SET_NULL, null=True, related_name="+")

    class Meta(Table.Meta):
        constraints = [UniqueConstraint(fields=["workspace", "key"], name="find_once")]
        indexes = [Index(fields=["workspace", "state", "-created"], name="find_list")]


# -- reads


def finds_for(staff: Staff) -> QuerySet[Find]:
    """What a member of staff may see: who is limited to groups sees nothing that others' groups said."""
    found = Find.objects.filter(workspace=staff.workspace)
    mine = Q(group=None) | Q(group__in=groups_for(staff))
    return found.filter(mine).select_related("group", "identity__person")


def waiting(staff: Staff, *, origin: str = "", now: datetime) -> QuerySet[Find]:
    """What is to be decided about, the newest gathering first, what most speaks for first."""
    found = finds_for(staff).filter(state=OPEN, created__gt=now - FRESH)
    found = found.filter(origin=origin) if origin in ORIGINS else found
    return found.order_by(F("weight").desc(), F("told").desc(nulls_last=True), "pk")


def allowed(find: Find) -> str:
    """How a find may be used: NAMED or NAMELESS; NO: not at all; ASKED, UNASKED: in other words and without a name.
    What nobody of the group said is free. A no said later, anywhere, counts."""
    if find.identity is None:
        return NAMED
    person = find.identity.person
    stands = consent.newest(person)
    quote, name = stands.get(consent.QUOTE), stands.get(consent.NAME)
    if find.agreed == NO or (quote is not None and not quote.given):
        return NO
    if find.agreed == NAMED:
        return NAMELESS if name is not None and not name.given else NAMED
    if find.agreed == NAMELESS:
        return NAMELESS
    if quote is not None and quote.given:
        return NAMED if name is not None and name.given else NAMELESS
    return find.agreed


# -- writes


def keep(rows: Iterable[Find]) -> int:
    """Keep what was gathered (unsaved rows); what is known already stays as it is. Returns how many are new."""
    fresh = {(row.workspace_id, row.key): row for row in rows}
    there = set(
        Find.objects.filter(workspace__in={w for w, _ in fresh}, key__in=[k for _, k in fresh]).values_list(
            "workspace", "key"
        )
    )
    Find.objects.bulk_create([row for key, row in fresh.items() if key not in there], ignore_conflicts=True)
    return len(fresh.keys() - there)


def questioned(row: Find, who: Identity, text: str, *, by: Account, now: datetime) -> None:
    """The candidate becomes a question to a member, in their group; its own text is no longer said."""
    with transaction.atomic():
        fresh = Find.objects.select_for_update().get(pk=row.pk)
        before = {"title": fresh.title, "text": fresh.text, "piece": fresh.kind}
        fresh.title, fresh.text = one_line(text.partition("\n")[0], LONGEST_TITLE), said(text)[:LONGEST_TEXT]
        fresh.kind = INTERACTIVE
        fresh.link, fresh.group, fresh.identity, fresh.picture, fresh.origin = "", who.group, None, None, STAFF
        fresh.save(update_fields=["title", "text", "kind", "link", "group", "identity", "picture", "origin"])
        _note(fresh, "question", by, now, before, {"text": fresh.text, "name": who.name})


def suggest(
    workspace: Workspace, *, title: str, text: str, link: str, kind: str, by: Account, now: datetime
) -> Find | None:
    """Somebody of the staff suggests something; None where nothing was said."""
    text, link = said(text)[:LONGEST_TEXT], one_line(link, LONGEST_LINK)
    link = link if link.lower().startswith(("http://", "https://")) else ""
    title = one_line(title, LONGEST_TITLE) or one_line(text)[:60] or link[:LONGEST_TITLE]
    if not title:
        return None
    with transaction.atomic():
        row = Find(workspace=workspace, origin=STAFF, source=str(by)[:200], title=title, text=text, link=link)
        row.kind, row.by, row.created, row.told = kind if kind in KINDS else USEFUL, by, now, now
        row.key = f"staff {row.pk.hex}"
        row.save(force_insert=True)
        _note(row, "suggest", by, now, {}, {"title": title})
    return row


def decide(row: Find, state: str, *, by: Account, now: datetime) -> bool:
    """Picked, passed over, or (OPEN) to be decided about again; False where it is so already."""
    with transaction.atomic():
        fresh = Find.objects.select_for_update().get(pk=row.pk)
        if fresh.state == state:
            return False
        before, fresh.state, fresh.by = fresh.state, state, by
        fresh.at = None if state == OPEN else now
        fresh.save(update_fields=["state", "by", "at"])
        _note(fresh, "decide", by, now, {"state": before}, {"state": state})
    return True


def reword(row: Find, *, title: str, text: str, kind: str, own: bool = False, by: Account, now: datetime) -> None:
    """Say it in other words before it is picked. `own`: they are words of the staff now, and no longer anybody's."""
    with transaction.atomic():
        fresh = Find.objects.select_for_update().get(pk=row.pk)
        before = {"title": fresh.title, "text": fresh.text, "piece": fresh.kind}
        fresh.title, fresh.text = one_line(title, LONGEST_TITLE), said(text)[:LONGEST_TEXT]
        fresh.kind = kind if kind in KINDS else fresh.kind
        after = {"title": fresh.title, "text": fresh.text, "piece": fresh.kind}
        if own and before["text"] != after["text"]:
            fresh.identity = fresh.group = None
        if before != after:
            fresh.save(update_fields=["title", "text", "kind", "identity", "group"])
            _note(fresh, "reword", by, now, before, after)


def asked(row: Find, *, by: Account, now: datetime) -> bool:
    """Its author is being asked; False where they were before."""
    with transaction.atomic():
        if not Find.objects.filter(pk=row.pk, agreed=UNASKED).exclude(identity=None).update(agreed=ASKED):
            return False
        _note(row, "ask", by, now, {}, {"title": row.title})
    return True


def answer(row: Find, word: str, *, source: str, now: datetime) -> None:
    """Its author says whether it may be shown, with or without their name; said anew it replaces what was said. A no is
    a no to this text, not to everything."""
    assert word in ANSWERS, word
    with transaction.atomic():
        fresh = Find.objects.select_for_update(of=("self",)).select_related("identity__person").get(pk=row.pk)
        if fresh.agreed == word or fresh.identity is None:
            return
        before, fresh.agreed = fresh.agreed, word
        fresh.save(update_fields=["agreed"])
        after = {"state": word, "source": source}
        on = fresh.identity.person_id
        audit.note(fresh.workspace, "find.answer", by=None, on=on, before={"state": before}, after=after, now=now)


def sweep(now: datetime) -> None:
    """What was decided about, or never, long ago is forgotten."""
    Find.objects.filter(created__lt=now - KEPT).delete()


def _note(
    row: Find, what: str, by: Account | None, now: datetime, before: dict[str, Any], after: dict[str, Any]
) -> None:
    audit.note(
        row.workspace,
        f"find.{what}",
        by=by,
        on=row.pk,
        title=row.title or row.text[:60],
        before=before,
        after=after,
        now=now,
    )
