"""The work (作品): what members agreed to show on the public page, as something to be said in groups too.

Between activities, where works are made, and content, where the morning desk picks: neither knows the other. What a
member takes back is not offered any more, whenever they do.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from uuid import UUID

from huoqun.activities import showcase
from huoqun.activities.activity import Activity
from huoqun.activities.contribution import Contribution
from huoqun.activities.exhibit import exhibits
from huoqun.activities.kind import Exhibit
from huoqun.content import find
from huoqun.content.find import NAMED, NAMELESS, NO, WORK, Find
from huoqun.content.gleaning import Work
from huoqun.people.group import Group
from huoqun.people.person import Identity

MOST = 50
"""Works of a group looked at, the newest."""


def works_of(group: Group, _now: datetime) -> Iterator[Work]:
    """The works on the open public pages about activities of a group, the newest first."""
    pages = [page for page in showcase.in_group(group) if page.activity is not None]
    titles: dict[UUID, str] = {}
    shown: dict[UUID, Exhibit] = {}
    for page in pages:
        assert page.activity is not None
        for each in exhibits(page.activity):
            shown[each.id], titles[each.id] = each, page.title or page.activity.title
    newest = sorted(shown.values(), key=lambda each: (each.at, each.id), reverse=True)[:MOST]
    makers = _makers([each.id for each in newest], group)
    for each in newest:
        if each.id in makers:
            who, text = makers[each.id], each.text
            yield Work(each.id, who, titles[each.id], text, each.link, each.picture, bool(each.name), each.at)


def _makers(ids: list[UUID], group: Group) -> dict[UUID, Identity]:
    """By contribution the member who made it, where they are of this group."""
    rows = Contribution.objects.filter(pk__in=ids, identity__group=group).select_related("identity__person")
    return {row.pk: row.identity for row in rows}


def follow(rows: Iterable[Find], *, now: datetime) -> int:
    """Let candidates say what their members say of their works now: with a name, without, or no more; returns how many
    that changed."""
    those = {UUID(row.key.partition(" ")[2]): row for row in rows if row.origin == WORK}
    made = Contribution.objects.filter(pk__in=those).select_related("activity")
    activities: set[Activity] = {row.activity for row in made}
    open_ = {page.activity_id for page in showcase.Showcase.objects.filter(activity__in=activities, open=True)}
    shown: dict[UUID, Exhibit] = {
        each.id: each
        for activity in activities
        if activity.pk in open_ and activity.removed is None
        for each in exhibits(activity)
    }
    changed = 0
    for id, row in those.items():
        word = NO if id not in shown else NAMED if shown[id].name else NAMELESS
        if row.agreed != word:
            find.answer(row, word, source="showcase", now=now)
            row.agreed = word
            changed += 1
    return changed
