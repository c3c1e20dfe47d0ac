"""Sums, strata and segments as the operator sees them: counted once, judged by a rule, chosen, explained."""

import io
from datetime import UTC, datetime, timedelta
from itertools import permutations

import openpyxl
import polars as pl
import pytest
from at_work import browser, hire
from hypothesis import given, settings
from hypothesis import strategies as some
from lived_group import event, passers, regulars, rows
from test_history import row
from test_person import filled, person_of

from huoqun.activities import response, survey
from huoqun.activities.questionnaire import Question
from huoqun.base.job import Hand
from huoqun.insight.stratum import STRATA
from huoqun.people import checkup, climb, history, judgement, ladder, merge, profile, segment, tally
from huoqun.people.audit import entries
from huoqun.people.condition import Block, Condition
from huoqun.people.group import Group, remove
from huoqun.people.ladder import Ladder, Rule
from huoqun.people.person import Identity
from huoqun.people.segment import Segment
from huoqun.people.tally import Tally
from huoqun.people.workspace import add

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
def workspace():
    return add(name="我们", zone="Asia/Shanghai", now=NOW)


@pytest.fixture
def boss(workspace):
    return hire(workspace)


@pytest.fixture
def client(boss):
    return browser(boss)


def tally_of(where, account):
    return Tally.objects.get(person=person_of(where, account))


def stood(person, **values):
    """Put what a checkup would have measured."""
    Tally.objects.filter(person=person).update(**{"measured": True} | values)


def three(workspace):
    """阿明 (twice: also in 跑步群 as u1), 小鱼, 大熊."""
    a = filled(
        workspace,
        "读书群",
        [row(1, sender="u1", name="阿明"), row(2, sender="u2", name="小鱼"), row(3, sender="u1", name="明哥")],
    )
    b = filled(workspace, "跑步群", [row(10, sender="u1", name="明明"), row(11, sender="u9", name="大熊")])
    return a, b


def fits(workspace, *conditions, how="all", staff=None, now=NOW):
    rule = Block(how=how, parts=conditions)
    return set(segment.tallies(workspace, rule, staff=staff, now=now).values_list("name", flat=True))


def test_sums_follow_imports_merges_and_removed_groups(workspace, boss):
    a, b = three(workspace)
    one = tally_of(a, "u1")
    assert (one.name, one.messages, one.groups) == ("明哥", 2, 1)
    assert set(one.names.split("\n")) == {"明哥", "阿明", "u1"}
    decided = merge.merge(person_of(a, "u1"), person_of(b, "u1"), by=boss.account, now=NOW)
    both = Tally.objects.get(person=person_of(a, "u1"))
    assert (both.messages, both.groups) == (3, 2)
    assert not Tally.objects.filter(person=person_of(b, "u1")).exists()
    merge.unmerge(decided, by=boss.account, now=NOW)
    assert tally_of(a, "u1").messages == 2
    assert tally_of(b, "u1").messages == 1
    remove(b, by=boss.account, now=NOW)
    hand = Hand("w", lambda: NOW)
    while judgement.tick(hand):
        pass
    assert not Tally.objects.filter(person=person_of(b, "u9")).exists(), "who is in no group stands in no list"
    assert "大熊" not in browser(boss).get(f"/w/{workspace.slug}/people").content.decode()
    assert not Group.objects.get(pk=b.pk).counted
    before = list(Tally.objects.order_by("pk").values())
    tally.count(Identity.objects.values_list("person", flat=True), now=NOW + timedelta(days=1))
    assert list(Tally.objects.order_by("pk").values()) == before


def test_a_checkup_measures_everybody_and_the_strata_agree_with_the_diagnosis(workspace):
    talk = rows(
        regulars(6, days=60, chance=0.6), passers(0.5, days=120), event("join", [20, 10, 9], ["p1", "p2", "p9"])
    )
    here = filled(workspace, "读书群", talk.drop("links", strict=False).to_dicts())
    whole = history.chat_of(here)
    told = checkup.diagnose(here, whole)
    assert len({p.stratum for p in told.people_table}) > 2
    checkup.store(here, told, now=NOW)
    assert Tally.objects.filter(measured=True).count() == Tally.objects.count()
    local = whole.rows.filter(pl.col("kind") == "text").select("sender", day=pl.col("local").dt.date()).unique()
    today = whole.rows["local"].max().date()
    for p in told.people_table:
        mine = tally_of(here, p.id)
        days = [(today - day).days for day in local.filter(pl.col("sender") == p.id)["day"]]
        assert (mine.days_7, mine.days_30, mine.ago) == (sum(d < 7 for d in days), sum(d < 30 for d in days), min(days))
        assert (mine.ties, mine.strong_ties) == (p.ties, p.strong_ties)
        assert mine.stratum == p.stratum, "one group and the default rule: both say the same"
        assert ladder.told(mine.why, mine.__dict__).split()[0] == p.stratum_reason.split()[0]
    assert not climb.climbs_of(person_of(here, told.people_table[0].id)).exists(), "the first look is no climb"
    (spread,) = judgement.spreads([here])
    assert spread.people == len(told.people_table)
    quiet = Identity.objects.filter(group=here, messages=0).count()
    assert quiet, "somebody came and never spoke"
    said = {s: sum(p.stratum == s for p in told.people_table) for s in STRATA}
    assert judgement.spread(workspace) == said | {"silent": said["silent"] + quiet}


@settings(max_examples=40, deadline=None)
@given(
    some.fixed_dictionaries(
        {
            "ago": some.none() | some.integers(0, 60),
            "days_7": some.integers(0, 7),
            "days_28": some.integers(0, 28),
            "brought": some.integers(0, 5),
            "answered_by": some.integers(0, 20),
            "answered_share": some.sampled_from([0.0, 0.14, 0.15, 0.9]),
            "answered_times": some.sampled_from([0.0, 1.9, 2.0, 9.0]),
        }
    )
)
def test_the_database_judges_as_the_rule_reads(measured):
    space = add(name="x", zone="Asia/Shanghai", now=NOW)
    who = tally.Person.objects.create(workspace=space, created=NOW)
    Tally.objects.create(person=who, workspace=space, created=NOW, measured=True, **measured)
    judgement.judge(space, now=NOW)
    found = Tally.objects.get(person=who)
    assert (found.stratum, found.why) == ladder.place(measured, ladder.DEFAULT)
    assert ladder.told(found.why, found.__dict__)


def test_a_rule_is_looked_at_before_it_is_saved_and_taken_back(workspace, client):
    a, _ = three(workspace)
    stood(person_of(a, "u1"), ago=1, days_7=3, days_28=3)
    stood(person_of(a, "u2"), ago=1, days_7=5, days_28=5)
    judgement.judge(workspace, now=NOW)
    assert tally_of(a, "u1").stratum == "core"
    at = f"/w/{workspace.slug}/strata"
    form = {name: getattr(ladder.DEFAULT, name) for name in ladder.UNITS} | {"core_days": "4"}
    seen = client.post(at, form | {"do": "preview"})
    (move,) = seen.context["moves"]
    assert (move.before, move.after, move.people) == ("core", "regular", 1)
    assert move.named[0][1] == "明哥"
    assert ladder.rule_of(workspace).core_days == 3
    assert client.post(at, form | {"do": "save"}).status_code == 302
    assert entries(workspace).filter(what="strata.rule").get().after == {"core_days": 4}
    assert client.get(at).context["judging"]
    judgement.judge(workspace, now=NOW)
    assert tally_of(a, "u1").stratum == "regular"
    (step,) = climb.climbs_of(person_of(a, "u1"))
    assert step.values == {"before": "core", "after": "regular", "why": "seen"}
    client.post(at + "/back")
    judgement.judge(workspace, now=NOW + timedelta(days=1))
    assert tally_of(a, "u1").stratum == "core"
    assert Ladder.objects.get(workspace=workspace).former is None
    for wrong in ("0", "8", "", "x", "2.5"):
        answer = client.post(at, form | {"core_days": wrong, "do": "save"})
        assert answer.status_code == 422
        assert "1" in answer.context["numbers"][4]["wrong"]
    assert ladder.rule_of(workspace) == Rule()


def test_the_night_judges_once(workspace):
    three(workspace)
    Tally.objects.update(measured=True, ago=400, stratum="core", why="days_of_week")
    hand = Hand("w", lambda: NOW)
    while judgement.tick(hand):
        pass
    assert set(Tally.objects.values_list("measured", flat=True)) == {False}, "counted anew: nobody has a checkup"


def test_each_condition_finds_whom_it_says(workspace, boss):
    a, b = three(workspace)
    ming, fish, bear = person_of(a, "u1"), person_of(a, "u2"), person_of(b, "u9")
    say = {"by": boss.account, "now": NOW}
    merge.merge(ming, person_of(b, "u1"), **say)
    profile.say(person_of(b, "u1"), "fact", "佛山", field="city", **say)
    profile.say(fish, "tag", "老朋友", **say)
    stood(ming, stratum="core", ties=2, messages_30=9, since=NOW)
    stood(fish, stratum="silent")
    stood(bear, stratum="silent", ties=1)

    def of(about, how, value="", key=""):
        return fits(workspace, Condition(of=about, how=how, key=key, value=value))

    assert of("profile", "is", "佛山", "city") == of("profile", "known", key="city") == {"明明"}
    assert of("profile", "contains", "佛", "city") == {"明明"}
    assert of("profile", "unknown", key="city") == {"小鱼", "大熊"}
    assert of("tag", "has", "老朋友") == {"小鱼"}
    assert of("tag", "lacks", "老朋友") == {"明明", "大熊"}
    assert of("stratum", "is", "core") == of("messages_30", "at_least", "9") == {"明明"}
    assert of("stratum", "is_not", "core") == of("messages_30", "at_most", "8") == {"小鱼", "大熊"}
    assert of("isolated", "yes") == {"小鱼"}
    assert of("group", "in", str(a.pk)) == {"明明", "小鱼"}
    assert of("group", "not_in", str(a.pk)) == {"大熊"}
    assert of("groups", "at_least", "2") == {"明明"}
    assert of("last", "within", "3650") == {"明明", "小鱼", "大熊"}
    assert of("last", "not_within", "1") == {"明明", "小鱼", "大熊"}
    assert of("last", "never") == set()
    assert of("first", "from", "2026-01-01") == {"明明", "小鱼", "大熊"}
    assert of("first", "until", "2025-12-31") == set()
    assert of("joined", "within", "3650") == set()
    assert of("joined", "not_within", "1") == {"明明", "小鱼", "大熊"}
    assert of("since", "within", "3") == {"明明"}


def test_a_count_is_never_another_than_the_list(workspace, boss):
    a, b = three(workspace)
    say = {"by": boss.account, "now": NOW}
    merge.merge(person_of(a, "u1"), person_of(b, "u1"), **say)
    profile.say(person_of(b, "u1"), "tag", "老朋友", **say)
    profile.say(person_of(a, "u2"), "fact", "佛山", field="city", **say)
    stood(person_of(b, "u9"), messages_30=9, since=NOW)
    asked = [
        Condition(of="tag", how="lacks", value="老朋友"),
        Condition(of="profile", how="unknown", key="city"),
        Condition(of="group", how="in", value=str(b.pk)),
        Condition(of="messages_30", how="at_least", value="9"),
        Condition(of="since", how="not_within", value="3"),
    ]
    blocks = [Block(how=how, parts=pair) for how in ("all", "any", "none") for pair in permutations(asked, 2)]
    blocks += [Block(how=how, parts=(part,)) for how in ("all", "any", "none") for part in asked]
    rules = blocks + [Block(how="all", parts=(one, other)) for one in blocks[::7] for other in (*blocks[::5], *asked)]
    sizes = [segment.size(workspace, rule, now=NOW) for rule in rules]
    assert sizes == [segment.tallies(workspace, rule, now=NOW).count() for rule in rules]
    assert set(sizes) == {0, 1, 2, 3}


def test_answers_of_a_survey_choose_people(workspace, boss):
    a, _ = three(workspace)
    asked = (
        Question(id="like", kind="one", text="喜欢吗？", options=("喜欢", "一般")),
        Question(id="when", kind="many", text="何时？", options=("早上", "晚上")),
    )
    row_ = survey.begin(workspace, title="问卷", groups=[a], questions=asked, by=boss.account, now=NOW)
    survey.open_until(row_, None, by=boss.account, now=NOW)
    who = Identity.objects.get(group=a, account="u2")
    response.answer(row_, who, {"like": "喜欢", "when": ["早上", "晚上"]}, via="personal", now=NOW)
    key = str(row_.pk)
    for value in ("like=喜欢", "when=早上", "when=晚上"):
        assert fits(workspace, Condition(of="survey", how="said", key=key, value=value)) == {"小鱼"}
    assert fits(workspace, Condition(of="survey", how="said", key=key, value="like=一般")) == set()
    assert fits(workspace, Condition(of="survey", how="answered", key=key)) == {"小鱼"}
    assert fits(workspace, Condition(of="survey", how="not_answered", key=key)) == {"明哥", "明明", "大熊"}


def test_blocks_nest_and_explain_themselves(workspace):
    a, b = three(workspace)
    rule = Block(
        how="any",
        parts=(
            Block(
                how="none",
                parts=(
                    Condition(of="group", how="in", value=str(a.pk)),
                    Condition(of="messages", how="at_least", value="99"),
                ),
            ),
            Condition(of="messages", how="at_least", value="2"),
        ),
    )
    found = set(segment.tallies(workspace, rule, now=NOW).values_list("name", flat=True))
    assert found == {"明哥", "明明", "大熊"}
    for who in Tally.objects.all():
        assert segment.explain(rule, who, now=NOW).holds is (who.name in found)
    told = segment.explain(rule, tally_of(b, "u9"), now=NOW)
    assert [part.holds for part in told.parts] == [True, False]


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"of": "x", "how": "is"}, "of"),
        ({"of": "messages", "how": "has"}, "how"),
        ({"of": "messages", "how": "at_least"}, "missing"),
        ({"of": "messages", "how": "at_least", "value": "-1"}, "number"),
        ({"of": "last", "how": "from", "value": "yesterday"}, "date"),
        ({"of": "last", "how": "within", "value": "99999999"}, "number"),
        ({"of": "stratum", "how": "is", "value": "boss"}, "choice"),
        ({"of": "group", "how": "in", "value": "'; drop table"}, "choice"),
        ({"of": "profile", "how": "is", "key": "x", "value": "y"}, "key"),
    ],
)
def test_what_is_wrong_with_a_condition_is_said(values, why):
    with pytest.raises(ValueError) as error:
        Condition(**values)
    assert why in str(error.value)


def posted(*rows, name="沉默的", how="all"):
    form = {"name": name, "how": "all", "b0.how": how}
    for n, (of, ask, key, value) in enumerate(rows):
        form |= {f"b0.c{n}.of": of, f"b0.c{n}.how": ask, f"b0.c{n}.key": key, f"b0.c{n}.value": value}
    return form


def test_a_segment_is_built_counted_saved_listed_explained_exported_and_removed(workspace, client):
    a, b = three(workspace)
    at = f"/w/{workspace.slug}/segments"
    assert client.get(at + "/new").status_code == 200
    form = posted(("messages", "at_least", "", "2"))
    tried = client.post(at + "/try", form, headers={"hx-request": "true"})
    assert tried.context["count"] == 1
    assert "<html" not in tried.content.decode()
    more = client.post(at + "/try", form | {"do": "add:0"})
    assert len(more.context["draft"].parts[0].rows) == 2
    assert more.context["count"] == 1, "what is not finished does not count"
    assert client.post(at + "/save", form | {"b0.c0.value": ""}).status_code == 422
    assert client.post(at + "/save", form | {"name": " "}).status_code == 422
    one = client.post(at + "/save", form)["location"]
    page = client.get(one)
    assert [p.name for p in page.context["people"]] == ["明哥"]
    assert "共说过的消息" in page.context["told"] or "2" in page.context["told"]
    assert "沉默的" in client.get(at).content.decode()
    inside = client.get(f"{one}why/{person_of(a, 'u1').pk}")
    assert inside.context["holds"] is True
    outside = client.get(f"{one}why/{person_of(b, 'u9').pk}")
    assert outside.context["holds"] is False
    assert outside.context["lines"][-1].value == "1"
    assert [p.name for p in client.get(one + "why", {"q": "大熊"}).context["people"]] == ["大熊"]
    sheet = b"".join(client.get(one + "people.csv").streaming_content).decode()
    assert sheet.count("\n") == 2
    book = openpyxl.load_workbook(io.BytesIO(b"".join(client.get(one + "people.xlsx").streaming_content)))
    assert book.active["B2"].value == "明哥"
    client.post(one + "change", posted(("messages", "at_most", "", "1"), name="少说的"))
    assert len(client.get(one).context["people"]) == 3
    client.post(one + "remove")
    assert client.get(at).context["rows"] == []
    assert "少说的" in client.get(at).content.decode()
    client.post(one + "restore")
    assert len(client.get(at).context["rows"]) == 1
    assert [e.what for e in entries(workspace)[:4]] == [f"segment.{w}" for w in ("restore", "remove", "change", "add")]


def test_who_is_limited_sees_the_people_of_their_groups_only(workspace, client):
    a, b = three(workspace)
    one = client.post(f"/w/{workspace.slug}/segments/save", posted(("messages", "at_least", "", "1")))["location"]
    limited = hire(workspace, "group_admin", groups=[b])
    theirs = browser(limited)
    assert {p.name for p in theirs.get(one).context["people"]} == {"明明", "大熊"}
    assert theirs.get(f"{one}why/{person_of(a, 'u2').pk}").status_code == 404
    found = segment.people(Segment.objects.get(), staff=limited, now=NOW)
    assert set(found) == {person_of(b, "u1"), person_of(b, "u9")}
    assert segment.people(Segment.objects.get(), now=NOW).count() == 4


def test_who_is_limited_is_told_no_number_of_groups_they_do_not_see(workspace, client, boss):
    a, b = three(workspace)
    one = person_of(b, "u1")
    merge.merge(one, person_of(a, "u1"), by=boss.account, now=NOW)
    rule = (("messages", "at_least", "", "1"), ("stratum", "is_not", "", "kol"))
    where = client.post(f"/w/{workspace.slug}/segments/save", posted(*rule))["location"]
    client.get(where)
    theirs = browser(hire(workspace, "group_admin", groups=[b]))
    people = {p.id: p for p in theirs.get(where).context["people"]}
    assert people[one.pk].messages == 1, "of three, one was said in a group they see"
    assert not any(p.stratum for p in people.values())
    told = [line.value for line in theirs.get(f"{where}why/{one.pk}").context["lines"] if line.value]
    assert told == ["按全部群计算，包括你看不到的群"] * 2
    assert "3" in [line.value for line in client.get(f"{where}why/{one.pk}").context["lines"]]
    rows = b"".join(theirs.get(f"{where}people.csv").streaming_content).decode().splitlines()
    (hers,) = [line for line in rows if str(one.pk) in line]
    assert ",1," in hers
    assert "阿明" not in hers
    assert a.name not in hers
    listed = theirs.get(f"/w/{workspace.slug}/segments").content.decode()
    assert '<span class="num"></span>' in " ".join(listed.split()).replace("> <", "><")


def test_a_formula_in_a_name_is_no_formula_in_an_export(workspace, client):
    filled(workspace, "群", [row(1, sender="u1", name="=1+1")])
    at = f"/w/{workspace.slug}/people"
    assert "'=1+1" in b"".join(client.get(at + ".csv").streaming_content).decode()
    book = openpyxl.load_workbook(io.BytesIO(b"".join(client.get(at + ".xlsx").streaming_content)))
    assert book.active["B2"].value == "=1+1"
    assert book.active["B2"].data_type == "s"
