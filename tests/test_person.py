"""People: listed, shown, written about, merged and taken apart, exported; as the operator sees them."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta

import documents
import pytest
from at_work import browser, group, hire
from test_history import chat, row

from huoqun.activities import response, survey
from huoqun.activities.questionnaire import Question
from huoqun.base import clock
from huoqun.chat import archive
from huoqun.people import census, checkup, consent, deed, dossier, history, judgement, ladder, merge, profile, revision
from huoqun.people.audit import entries
from huoqun.people.group import Group, groups
from huoqun.people.merge import Sameness
from huoqun.people.person import Identity, Person
from huoqun.people.tally import Tally
from huoqun.people.workspace import add, archive_of

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
def workspace():
    return add(name="我们", zone="Asia/Shanghai", now=NOW)


@pytest.fixture
def client(workspace):
    return browser(hire(workspace))


def filled(workspace, name, rows, **values) -> Group:
    here = group(workspace, name)
    told = chat(rows, **values)
    archive.append(archive_of(workspace), here.pk.hex, told.rows)
    return history.take_in(here, told, now=NOW)


def two_groups(workspace):
    """`u1` is in both groups under another name; 小鱼 bears one name under two ids of two networks."""
    a = filled(
        workspace,
        "读书群",
        [
            row(0, "join", subject="u1", name="阿明"),
            row(1, sender="u1", name="阿明", text="早"),
            row(2, sender="u2", name="小鱼", text="早上好"),
            row(3, sender="u1", name="明哥", text="=1+1"),
            row(5, "leave", subject="u2"),
        ],
    )
    b = filled(workspace, "跑步群", [row(10, sender="u1", name="明明", text="跑"), row(11, sender="u9", name="大熊")])
    c = filled(workspace, "微信群", [row(20, sender="小鱼", name="小鱼", text="在")], has_ids=False, network="wechat")
    Group.objects.filter(pk__in=[a.pk, b.pk]).update(network="qq")
    return a, b, c


def person_of(where, account):
    return Identity.objects.get(group=where, account=account).person


def test_a_deed_is_written_once(workspace):
    a, *_ = two_groups(workspace)
    who = person_of(a, "u1")
    one = deed.write(who, "survey.answer", at=NOW, group=a, key="s1", values={"n": 1}, now=NOW)
    again = deed.write(who, "survey.answer", at=NOW, group=a, key="s1", values={"n": 2}, now=NOW)
    assert one == again
    assert again.values == {"n": 1}
    other = deed.write(who, "survey.answer", at=NOW - timedelta(days=1), key="s2", now=NOW)
    assert list(deed.deeds(who)) == [one, other]
    assert list(deed.deeds_in(a, "survey.answer")) == [one]
    with pytest.raises(ValueError):
        deed.write(who, "survey.answer", at=NOW, key="", now=NOW)


def test_the_list_is_searched_filtered_and_sorted(workspace, client):
    a, b, _ = two_groups(workspace)
    at = f"/w/{workspace.slug}/people"
    page = client.get(at).content.decode()
    assert page.index("小鱼") < page.index("大熊") < page.index("明哥")
    found = client.get(at, {"q": "阿明"}).context["people"]
    assert [p.name for p in found] == ["明哥"]
    assert [p.messages for p in client.get(at, {"q": "u1", "order": "messages"}).context["people"]] == [2, 1]
    assert {p.name for p in client.get(at, {"group": b.pk}).context["people"]} == {"明明", "大熊"}
    assert client.get(at, {"q": "nobody"}).context["total"] == 0
    for strange in ("?page=x", "?page=99999", "?group=zz", "?order=zz", "?q=%00", "?q=%25_'%22"):
        assert client.get(at + strange).status_code == 200
    with_list = list(csv.reader(io.StringIO(client.get(at + ".csv?q=u1&order=messages").getvalue().decode())))
    assert [r[1] for r in with_list[1:]] == ["明哥", "明明"]
    assert a.name in with_list[1][3]


def test_the_list_asks_the_database_as_often_for_one_as_for_a_hundred(workspace, django_assert_num_queries):
    for n in range(4):
        filled(workspace, f"群{n}", [row(i, sender=f"p{n}-{i}") for i in range(60)])
    for found in (census.humans(groups(workspace)), census.people(boss := hire(workspace))):
        listed = census.ordered(found, "last")
        assert listed.count() == 240
        for size in (1, 100):
            with django_assert_num_queries(6):
                assert len(census.filled(listed[:size], boss)) == size


def test_strata_and_ties_come_from_the_newest_checkup(workspace, client):
    told = documents.ordinary()
    first, *others = told.people_table
    rows = [row(i, sender=p.id, name=p.name) for i, p in enumerate(told.people_table[:40])]
    here = filled(workspace, "读书群", rows)
    checkup.store(here, told, now=NOW)
    known = {p.id: p for p in told.people_table}
    listed = client.get(f"/w/{workspace.slug}/people").context["people"]
    assert listed
    for human in listed:
        (standing,) = human.standings
        assert standing.stratum == known[standing.account].stratum
    tied = next(p for p in told.people_table[:40] if any(p.id in (t.a, t.b) for t in told.ties))
    page = client.get(f"/people/{person_of(here, tied.id).pk}/")
    (presence,) = page.context["presences"]
    assert presence.seat.ties == tied.ties
    strongest = max((t for t in told.ties if tied.id in (t.a, t.b)), key=lambda t: t.strength)
    assert presence.bonds[0][1].account in (strongest.a, strongest.b)
    assert presence.bonds[0][1].strength == strongest.strength


def test_a_person_shows_names_stays_and_what_happened(workspace, client):
    a, *_ = two_groups(workspace)
    who = person_of(a, "u1")
    deed.write(who, "survey.answer", at=NOW, group=a, key="s1", values={"answer": "佛山"}, now=NOW)
    page = client.get(f"/people/{who.pk}/")
    text = page.content.decode()
    for seen in ("阿明", "明哥", "u1", "读书群", "佛山", "2026-01-01 08:00"):
        assert seen in text
    told = page.context["timeline"].moments
    assert [(m.what, m.text) for m in told] == [
        ("survey.answer", ""), ("renamed", "明哥"), ("first", ""), ("came", "")
    ]  # fmt: skip
    gone = client.get(f"/people/{person_of(a, 'u2').pk}/")
    assert [m.what for m in gone.context["timeline"].moments] == ["went", "first"]


def test_what_is_said_of_a_person_is_added_changed_and_removed(workspace, client):
    a, *_ = two_groups(workspace)
    who = person_of(a, "u1")
    at = f"/people/{who.pk}/"
    forms = [
        {"kind": "fact", "field": "city", "text": "佛山", "source": "问卷", "on": "2026-02-01"},
        {"kind": "fact", "field": "offers", "text": "场地"},
        {"kind": "tag", "text": "  老 朋友 "},
        {"kind": "title", "text": "跑步委员"},
        {"kind": "note", "text": "<b>爱</b>早起\n住得远"},
    ]
    for form in forms:
        assert client.post(at + "say", form).status_code == 302
        if form["kind"] != "note":
            client.post(at + "say", form)
    page = client.get(at).content.decode()
    for seen in ("佛山", "问卷", "2026-02-01", "场地", "老 朋友", "跑步委员", "&lt;b&gt;爱&lt;/b&gt;早起"):
        assert seen in page
    assert [profile.sayings(who, kind).count() for kind in profile.KINDS] == [2, 1, 1, 1]
    tag = profile.sayings(who, "tag").get()
    client.post(f"{at}{tag.pk}/change", {"kind": "tag", "text": "新朋友"})
    assert profile.sayings(who, "tag").get().text == "新朋友"
    client.post(f"{at}{tag.pk}/remove", {"kind": "tag"})
    assert not profile.sayings(who, "tag").exists()
    told = {e.what for e in entries(workspace)}
    assert {"fact.add", "tag.add", "tag.change", "tag.remove", "title.add", "note.add"} <= told
    for wrong in (
        {"kind": "tag", "text": " "},
        {"kind": "x", "text": "y"},
        {"kind": "fact", "field": "x", "text": "y"},
    ):
        assert client.post(at + "say", wrong).status_code == 422
    other = person_of(a, "u2")
    note = profile.sayings(who, "note").get()
    assert client.post(f"/people/{other.pk}/{note.pk}/remove", {"kind": "note"}).status_code == 404


def test_proposals_name_their_evidence_and_ids_speak_louder_than_names(workspace):
    a, b, c = two_groups(workspace)
    found = merge.proposals(groups(workspace))
    assert [(p.reason, p.shared) for p in found] == [("account", "u1"), ("name", "小鱼")]
    assert {i.group_id for i in found[0].evidence} == {a.pk, b.pk}
    assert {i.group_id for i in found[1].evidence} == {a.pk, c.pk}
    filled_b = filled(workspace, "第四群", [row(30, sender="u77", name="大熊")])
    Group.objects.filter(pk=filled_b.pk).update(network="qq")
    assert "大熊" not in {p.shared for p in merge.proposals(groups(workspace))}, "two ids of one network are two"


def test_merging_makes_one_and_taking_apart_is_exact(workspace, client):
    a, b, c = two_groups(workspace)
    one, two, three = person_of(a, "u1"), person_of(b, "u1"), person_of(c, "小鱼")
    profile.say(two, "tag", "快", by=None, now=NOW)
    before = list(Person.objects.order_by("pk").values("pk", "root"))
    at = f"/w/{workspace.slug}/people/same"
    assert "u1" in client.get(at).content.decode()
    asked = {"one": one.pk, "other": two.pk, "reason": "account", "shared": "u1", "say": "one"}
    assert client.post(at, asked).status_code == 302
    assert merge.proposals(groups(workspace))[0].reason == "name"
    page = client.get(f"/people/{two.pk}/", follow=True)
    assert page.context["person"] == one
    assert {p.identity.group_id for p in page.context["presences"]} == {a.pk, b.pk}
    assert "快" in page.content.decode()
    listed = client.get(f"/w/{workspace.slug}/people", {"q": "u1"}).context["people"]
    assert [(p.id, p.messages) for p in listed] == [(one.pk, 3)]
    last = merge.merge(three, one, by=None, now=NOW)
    assert set(Person.objects.filter(root=three).values_list("pk", flat=True)) == {one.pk, two.pk}
    first = Sameness.objects.get(kept=one, other=two)
    merge.unmerge(last, by=None, now=NOW)
    assert dict(Person.objects.filter(pk__in=[one.pk, two.pk, three.pk]).values_list("pk", "root")) == {
        one.pk: None,
        two.pk: one.pk,
        three.pk: None,
    }
    client.post(f"/people/{one.pk}/{first.pk}/unmerge")
    assert list(Person.objects.order_by("pk").values("pk", "root")) == before
    assert "account" not in {p.reason for p in merge.proposals(groups(workspace))}, "taken apart is not asked again"
    assert {"person.merge", "person.unmerge"} <= {e.what for e in entries(workspace)}
    with pytest.raises(merge.Impossible):
        merge.merge(one, one, by=None, now=NOW)


def test_a_lower_decision_can_be_taken_back_under_a_higher_one(workspace):
    a, b, c = two_groups(workspace)
    one, two, three, four = (person_of(g, n) for g, n in ((a, "u1"), (b, "u1"), (c, "小鱼"), (a, "u2")))
    low = merge.merge(one, two, by=None, now=NOW)
    merge.merge(two, four, by=None, now=NOW)
    high = merge.merge(three, one, by=None, now=NOW)
    roots = dict(Person.objects.values_list("pk", "root"))
    assert roots[one.pk] == roots[two.pk] == roots[four.pk] == three.pk
    merge.unmerge(low, by=None, now=NOW)
    merge.unmerge(high, by=None, now=NOW)
    roots = dict(Person.objects.values_list("pk", "root"))
    assert (roots[one.pk], roots[two.pk], roots[three.pk]) == (None, None, None)
    assert roots[four.pk] == one.pk, "it was decided that four is one with whoever `two` then was"


def test_who_is_said_to_be_two_is_not_proposed_again(workspace, client):
    a, b, _ = two_groups(workspace)
    one, two = person_of(a, "u1"), person_of(b, "u1")
    client.post(f"/w/{workspace.slug}/people/same", {"one": one.pk, "other": two.pk, "say": "two"})
    assert [p.reason for p in merge.proposals(groups(workspace))] == ["name"]
    assert not Person.objects.exclude(root=None).exists()


def test_a_limited_role_sees_only_people_of_its_groups(workspace):
    a, b, c = two_groups(workspace)
    merge.merge(person_of(b, "u1"), person_of(a, "u1"), by=None, now=NOW)
    client = browser(hire(workspace, "group_admin", groups=[a]))
    listed = client.get(f"/w/{workspace.slug}/people").context["people"]
    assert {p.name for p in listed} == {"明哥", "小鱼"}
    assert {s.group for p in listed for s in p.standings} == {a.pk}
    page = client.get(f"/people/{person_of(b, 'u1').pk}/")
    assert [p.identity.group_id for p in page.context["presences"]] == [a.pk]
    assert "跑步群" not in page.content.decode()
    assert client.get(f"/people/{person_of(b, 'u9').pk}/").status_code == 404
    assert client.get(f"/people/{person_of(c, '小鱼').pk}/").status_code == 404
    told = json.loads(client.get(f"/people/{person_of(b, 'u1').pk}/person.json").content)
    assert [i["group"]["name"] for i in told["identities"]] == ["读书群"]
    assert client.get(f"/w/{workspace.slug}/people/same").status_code == 403


def test_everything_about_a_person_is_exported(workspace, client):
    a, b, _ = two_groups(workspace)
    one, two = person_of(a, "u1"), person_of(b, "u1")
    merge.merge(one, two, by=None, now=NOW)
    profile.say(two, "fact", "佛山", field="city", source="问卷", by=None, now=NOW)
    told = json.loads(client.get(f"/people/{one.pk}/person.json").content)
    assert {i["account"] for i in told["identities"]} == {"u1"}
    assert len(told["identities"]) == 2
    assert told["sayings"]["fact"][0]["text"] == "佛山"
    assert {d["kind"] for d in told["deeds"]} == {"fact.add", "person.merge"}
    said = list(csv.reader(io.StringIO(client.get(f"/people/{one.pk}/messages.csv").content.decode("utf-8-sig"))))
    assert [line[5] for line in said[1:]] == ["", "早", "'=1+1", "跑"], "their join, and what they said"
    assert clock.now() > NOW


def test_a_long_timeline_is_turned_page_by_page(workspace, client, django_assert_max_num_queries):
    a, *_ = two_groups(workspace)
    who = person_of(a, "u1")
    deed.write_all(
        deed.Deed(
            person=who, kind="survey.answer", key=f"k{n}", at=NOW + timedelta(hours=n), values={"n": n}, created=NOW
        )
        for n in range(75)
    )
    seen = []
    for page in (1, 2, 3):
        told = client.get(f"/people/{who.pk}/", {"page": page}).context["timeline"]
        seen += told.moments
        assert told.older == (page + 1 if page < 3 else 0)
    assert len(seen) == 78
    assert [m.at for m in seen] == sorted((m.at for m in seen), reverse=True)
    for strange in ("0", "-1", "x", "99999999", "%00", "²"):
        assert client.get(f"/people/{who.pk}/?page={strange}").status_code == 200
    with django_assert_max_num_queries(45):
        client.get(f"/people/{who.pk}/")


def test_every_write_is_a_deed_and_the_last_one_can_be_undone(workspace, client):
    a, *_ = two_groups(workspace)
    who = person_of(a, "u1")
    at = f"/people/{who.pk}/"
    client.post(at + "say", {"kind": "fact", "field": "city", "text": "佛山", "source": "问卷", "on": "2026-02-01"})
    fact = profile.sayings(who, "fact").get()
    client.post(f"{at}{fact.pk}/change", {"kind": "fact", "text": "<script>alert(1)</script>", "source": "电话"})
    page = client.get(at).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page
    added, changed = (deed.deeds(who).get(kind=f"fact.{verb}") for verb in ("add", "change"))
    assert revision.undoable([added, changed]) == {changed.pk}
    client.post(f"{at}{added.pk}/undo")
    assert profile.sayings(who, "fact").get().text.startswith("<script>"), "only the last write is undone"
    for _ in range(2):  # a double click
        assert client.post(f"{at}{changed.pk}/undo").status_code == 302
    fact.refresh_from_db()
    assert (fact.text, fact.source, str(fact.on)) == ("佛山", "问卷", "2026-02-01")
    client.post(f"{at}{fact.pk}/remove", {"kind": "fact"})
    assert client.post(f"{at}{fact.pk}/remove", {"kind": "fact"}, follow=True).status_code == 200, "in another window"
    assert client.post(f"{at}{fact.pk}/change", {"kind": "fact", "text": "x"}, follow=True).status_code == 200
    assert not profile.sayings(who, "fact").exists()
    client.post(f"{at}{deed.deeds(who).get(kind='fact.remove').pk}/undo")
    again = profile.sayings(who, "fact").get()
    assert (again.pk, again.text, again.source, str(again.on)) == (fact.pk, "佛山", "问卷", "2026-02-01")
    stranger = person_of(a, "u2")
    assert client.post(f"/people/{stranger.pk}/{added.pk}/undo").status_code == 404
    merged = deed.write(who, "person.merge", at=NOW, key="m", now=NOW)
    assert client.post(f"{at}{merged.pk}/undo").status_code == 404


def test_consent_is_written_down_withdrawn_and_asked(workspace, client):
    a, b, _ = two_groups(workspace)
    one, two = person_of(a, "u1"), person_of(b, "u1")
    at = f"/people/{one.pk}/consent"
    assert not consent.allows(one, consent.QUOTE)
    said = {"what": "quote", "say": "yes", "source": "三月的表单", "on": "2026-03-01"}
    for _ in range(2):
        assert client.post(at, said).status_code == 302
    assert consent.consents(one).count() == 1, "a double click is one yes"
    assert consent.allows(one, consent.QUOTE)
    assert not consent.allows(one, consent.PHOTO)
    row = merge.merge(one, two, by=None, now=NOW)
    assert consent.allows(two, consent.QUOTE), "one human"
    assert consent.allowing([one.pk, two.pk], consent.QUOTE) == {one.pk}
    client.post(at, said | {"say": "no", "source": "电话"})
    assert not consent.allows(two, consent.QUOTE)
    merge.unmerge(row, by=None, now=NOW)
    for wrong in ({"what": "quote", "say": "yes", "source": " "}, {"what": "soul", "say": "yes", "source": "x"}):
        assert client.post(at, wrong).status_code == 422
    with pytest.raises(consent.UnknownThing):
        consent.allows(one, "soul")
    assert {"consent.give", "consent.withdraw"} <= {d.kind for d in deed.deeds(one)}
    told = json.loads(client.get(f"/people/{one.pk}/person.json").content)
    assert [(c["what"], c["given"], c["source"]) for c in told["consents"]] == [
        ("quote", False, "电话"), ("quote", True, "三月的表单")
    ]  # fmt: skip


def test_two_are_found_by_name_shown_side_by_side_and_made_one(workspace, client):
    a, b, c = two_groups(workspace)
    one, fish, other = person_of(a, "u2"), person_of(c, "小鱼"), person_of(a, "u1")
    at = f"/people/{one.pk}/is"
    found = client.get(at, {"q": "小鱼"}).context["found"]
    assert [human.id for human in found] == [fish.pk]
    page = client.get(at, {"q": "小鱼", "with": str(fish.pk)})
    assert [(s.what, s.shared, s.speaks_for) for s in page.context["signs"]] == [("name", "小鱼", True)]
    against = client.get(at, {"with": str(other.pk)}).context["signs"]
    assert [(s.what, s.speaks_for) for s in against] == [("ids", False), ("together", False)]
    assert client.post(at, {"with": str(fish.pk)}).status_code == 302
    assert client.post(at, {"with": str(fish.pk)}, follow=True).status_code == 200, "a double click"
    (row,) = merge.merges(one)
    assert (row.reason, row.evidence) == ("hand", {"shared": "小鱼"})
    there = add(name="他们", zone="Asia/Shanghai", now=NOW)
    stranger = Person.objects.create(workspace=there, created=NOW)
    for wrong in (str(stranger.pk), "x", "", str(one.pk)):
        client.post(at, {"with": wrong})
        assert client.get(at, {"with": wrong, "q": "%00<script>"}).status_code == 200
    assert merge.merges(one).count() == 1
    client.post(f"/people/{one.pk}/{row.pk}/unmerge")
    fish.refresh_from_db()
    assert fish.root is None


def regular(told):
    """Somebody whom the ladder finds regular by what the document says of them."""
    lately = [p for p in told.people_table if (told.as_of - p.last).days < 20 and p.brought == 0 and not p.bot]
    return min(lately, key=lambda p: (p.answered_by, p.spoke.bit_count()))


def test_activity_and_the_way_up_are_read_from_the_archive(workspace, client):
    told = documents.ordinary()
    person = regular(told)
    now = clock.now()
    start = datetime(2026, 1, 1, tzinfo=UTC)
    hours = [int((now - start).total_seconds() // 3600) - 24 * back for back in (0, 1, 9, 20)]
    here = filled(workspace, "读书群", [row(n, sender=person.id, name=person.name) for n in hours])
    checkup.store(here, told, now=NOW)
    page = client.get(f"/people/{person_of(here, person.id).pk}/activity")
    assert sum(page.context["weeks"]) == 4
    step, mine = page.context["way"], Tally.objects.get(person=person_of(here, person.id))
    assert (step.at, step.to) == (mine.stratum, "core") == ("regular", "core")
    asks = {a.what: (a.have, a.need) for asks in step.rungs for a in asks}
    assert asks == {"days_7": (mine.days_7, 3), "days_28": (mine.days_28, 12)}
    assert len(dossier.weeks({}, now)) == dossier.WEEKS


def test_the_way_up_follows_the_ladder_of_the_workspace(workspace, client):
    told = documents.ordinary()
    person = regular(told)
    here = filled(workspace, "读书群", [row(1, sender=person.id, name=person.name)])
    checkup.store(here, told, now=NOW)
    at = f"/people/{person_of(here, person.id).pk}/activity"
    ladder.set_rule(workspace, ladder.Rule(core_days=5, core_pace=20), by=None, now=NOW)
    assert {a.need for asks in client.get(at).context["way"].rungs for a in asks} == {5, 20}
    ladder.set_rule(workspace, ladder.Rule(core_days=1, kol_answered_by=17), by=None, now=NOW)
    page = client.get(at)
    judgement.judge(workspace, now=NOW)
    assert page.context["way"].at == Tally.objects.get(person=person_of(here, person.id)).stratum
    ladder.set_rule(workspace, ladder.Rule(regular_days=1, core_days=7, core_pace=28), by=None, now=NOW)
    page = client.get(at)
    assert (page.context["way"].at, page.context["way"].to) == ("silent", "regular")
    assert "少于 1 天" in page.content.decode()
    limited = browser(hire(workspace, "group_admin", groups=[here])).get(at)
    assert "按你能看到的群" in limited.content.decode()


def test_answers_are_in_the_export(workspace, client):
    a, b, _ = two_groups(workspace)
    boss = hire(workspace).account
    asked = (Question(id="why", kind="text", text="为什么？"),)
    form = survey.begin(workspace, title="问卷", groups=[a], questions=asked, by=boss, now=NOW)
    survey.open_until(form, clock.now() + timedelta(days=1), by=boss, now=clock.now())
    response.answer(form, Identity.objects.get(group=a, account="u1"), {"why": "喜欢"}, via="staff", now=clock.now())
    told = json.loads(client.get(f"/people/{person_of(a, 'u1').pk}/person.json").content)
    assert told["answers"][0]["answers"] == [{"question": "为什么？", "answer": "喜欢"}]
    assert [(p["activity"], p["state"]) for p in told["participations"]] == [("问卷", "done")]
    limited = browser(hire(workspace, "group_admin", groups=[b]))
    merge.merge(person_of(b, "u1"), person_of(a, "u1"), by=None, now=NOW)
    told = json.loads(limited.get(f"/people/{person_of(b, 'u1').pk}/person.json").content)
    assert told["answers"] == told["participations"] == []
