"""What staff did with somebody stays theirs through merging and unmerging: no step twice, none lost, and who sees one
group is told nothing of another."""

from datetime import UTC, datetime

import pytest
from at_work import browser, group, hire
from test_history import row
from test_person import filled, person_of

from huoqun.people import branch, deed, founder, merge, raising, silent, staff, touch
from huoqun.people.branch import Branch
from huoqun.people.climb import Climb, write_down
from huoqun.people.dealing import Dealing, Settled, dealings
from huoqun.people.founder import Founder
from huoqun.people.group import Group, entrust
from huoqun.people.person import Identity
from huoqun.people.research import Study, write
from huoqun.people.workspace import add

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 3, 1, tzinfo=UTC)
TODAY = NOW.date()


@pytest.fixture
def workspace():
    return add(name="我们", zone="Asia/Shanghai", now=NOW)


@pytest.fixture
def two(workspace):
    """大熊 in two groups; in the first of them silent for long."""
    long_ago = [row(n, sender="u1", name="大熊", text="好") for n in range(3)]
    since = [row(24 * 60 * 100 + n, sender="u2", name="小鱼", text="早") for n in range(3)]
    a = filled(workspace, "读书群", [*long_ago, *since])
    b = filled(workspace, "秘密跑步群", [row(5, sender="acct-of-b", name="另名")])
    return a, b


def of(where, account):
    return Identity.objects.select_related("person__root").get(group=where, account=account)


def test_no_step_is_done_twice_or_lost_by_merging_and_unmerging(workspace, two):
    a, b = two
    said = {"by": hire(workspace).account, "now": NOW}
    bear, other = person_of(a, "u1"), person_of(b, "acct-of-b")

    def word():
        raising.raise_to(a, of(a, "u1").person, "word", words="帮帮忙", today=TODAY, **said)
        touch.touch(a, of(a, "u1").person, "gift", on=TODAY, words="书", noon=NOW, **said)

    word()
    merged = merge.merge(other, bear, **said)
    word()
    assert dealings(a, raising.KIND).count() == dealings(a, touch.KIND).count() == 1
    assert deed.deeds(other).filter(kind="raising.word").count() == 1
    raising.raise_to(a, of(a, "u1").person, "title", words="", title="领读", today=TODAY, **said)
    founder.say(a, of(a, "u1").person, role="领读", stake="", **said)
    (one,) = raising.raised(a, today=TODAY)
    assert (one.person, one.next) == (other, "duty")
    merge.unmerge(merged, **said)
    (one,) = raising.raised(a, today=TODAY)
    assert (one.person, one.identity, one.next) == (bear, of(a, "u1"), "duty")
    assert {r.person for r in Dealing.objects.all()} == {bear}
    assert {f.person for f in Founder.objects.all()} == {bear}
    word()
    assert dealings(a, raising.KIND).count() == 2
    founder.say(a, of(a, "u1").person, role="主持", stake="", **said)
    assert Founder.objects.get().role == "主持"


def test_nobody_is_written_to_twice_in_one_silence_whoever_they_were_merged_with(workspace, two):
    a, b = two
    said = {"by": hire(workspace).account, "now": NOW}
    bear, other = person_of(a, "u1"), person_of(b, "acct-of-b")
    assert [i.account for i in silent.silent(a, now=NOW)] == ["u1"]
    merged = merge.merge(other, bear, **said)
    silent.climb(a, of(a, "u1"), silent.REASON, why="busy", **said)
    silent.climb(a, of(a, "u1"), silent.NUDGE, words="还好吗", **said)
    merge.unmerge(merged, **said)
    assert not silent.silent(a, now=NOW).exists()
    with pytest.raises(Settled):
        silent.climb(a, of(a, "u1"), silent.NUDGE, words="还好吗", **said)
    again = merge.merge(other, bear, **said)
    with pytest.raises(Settled):
        silent.leave(a, of(a, "u1"), **said)
    merge.unmerge(again, **said)
    assert silent.filled([of(a, "u1")], a)[0].why == "busy"
    assert dealings(a, silent.KIND).count() == 2


def test_what_was_decided_under_the_root_before_is_known(workspace, two):
    """Earlier versions named whom somebody was merged into."""
    a, b = two
    said = {"by": hire(workspace).account, "now": NOW}
    bear, other = person_of(a, "u1"), person_of(b, "acct-of-b")
    merge.merge(other, bear, **said)
    Dealing.objects.create(
        workspace=workspace, group=a, person=other, kind=raising.KIND, what="word", state="done", at=NOW, changed=NOW,
        key=f"{a.pk.hex} {other.pk.hex} word", created=NOW,
    )  # fmt: skip
    raising.raise_to(a, of(a, "u1").person, "word", words="", today=TODAY, **said)
    assert Dealing.objects.count() == 1


def test_who_sees_one_group_is_told_nothing_of_another(workspace, two):
    a, b = two
    boss = hire(workspace)
    said = {"by": boss.account, "now": NOW}
    bear, other = person_of(a, "u1"), person_of(b, "acct-of-b")
    merge.unmerge(merge.merge(bear, other, evidence={"shared": "另名"}, **said), **said)
    merge.merge(bear, other, evidence={"shared": "另名"}, **said)
    write_down([Climb(bear.pk, "silent", "kol", "brought")], now=NOW)
    admin = hire(workspace, "group_admin", groups=[a])
    limited, whole = browser(admin), browser(boss)
    pages = [f"/people/{bear.pk}/", f"/people/{bear.pk}/person.json", f"/people/{bear.pk}/activity"]
    pages += [f"/api/people/{bear.pk}", f"/people/{bear.pk}/messages.csv", f"/w/{workspace.slug}/people"]
    pages += [f"/groups/{a.pk}/{part}" for part in ("raising", "silent", "touches", "founders", "introductions")]
    secrets = ["另名", "秘密跑步群", "acct-of-b", str(b.pk), "person.merge", "person.stratum", "意见领袖"]
    for page in pages:
        answer = limited.get(page)
        assert answer.status_code == 200, page
        shown = answer.getvalue().decode()
        assert not [word for word in secrets if word in shown], page
    told = whole.get(f"/people/{bear.pk}/").content.decode()
    assert "另名" in told and "秘密跑步群" in told
    assert len(whole.get(f"/api/people/{bear.pk}").json()["merges"]) == 1
    assert limited.get(f"/people/{other.pk}/", follow=True).status_code == 200, "one human with the one they see"
    both = browser(hire(workspace, "group_admin", groups=[a, b], email="both@example.org"))
    assert len(both.get(f"/api/people/{bear.pk}").json()["merges"]) == 1
    assert limited.get(f"/w/{workspace.slug}/log").status_code == 403


def test_who_sees_a_group_no_more_looks_after_nothing_of_it(workspace):
    here, there = group(workspace, "读书群"), group(workspace, "跑步群")
    boss = hire(workspace)
    said = {"by": boss.account, "now": NOW}
    member = hire(workspace, "planner")
    for each in (here, there):
        entrust(each, member.account, **said)
        entry = {"kind": "rival", "title": each.name, "text": "", "due": None, "who": member.account}
        write(workspace, group=each, **entry, **said)
    staff.change(member, role="editor", groups=[], **said)
    assert Group.objects.filter(carer=member.account).count() == 2, "still sees them"
    staff.change(member, role="group_admin", groups=[here], **said)
    assert list(Group.objects.filter(carer=member.account)) == [here]
    assert [s.title for s in Study.objects.filter(who=member.account)] == ["读书群"]
    Group.objects.filter(pk=here.pk).update(removed=NOW)
    staff.change(member, role="group_admin", groups=[there], **said)
    Group.objects.filter(pk=here.pk).update(removed=None)
    member.refresh_from_db()
    assert set(member.groups.all()) == {here, there}, "what is removed for an hour is not taken from anybody"
    assert list(Group.objects.filter(carer=member.account)) == [here]
    staff.dismiss(member, **said)
    assert not Study.objects.filter(who=member.account).exists()
    assert not Group.objects.filter(carer=member.account).exists()


def test_a_place_under_a_group_that_one_does_not_see_is_kept(workspace):
    above, mine = group(workspace, "总群"), group(workspace, "读书群")
    place = {"kind": "", "layout": "", "place": "", "way": "", "by": None, "now": NOW}
    branch.settle(mine, parent=above, **place)
    client = browser(hire(workspace, "group_admin", groups=[mine]))
    client.post(
        f"/groups/{mine.pk}/plan/place", {"parent": "", "kind": "local", "layout": "", "place": "佛山", "way": ""}
    )
    row = Branch.objects.get(group=mine)
    assert (row.parent, row.place) == (above, "佛山")
    client = browser(hire(workspace))
    client.post(
        f"/groups/{mine.pk}/plan/place", {"parent": "", "kind": "local", "layout": "", "place": "佛山", "way": ""}
    )
    assert Branch.objects.get(group=mine).parent is None
