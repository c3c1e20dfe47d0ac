"""What the list of groups says at once: each alert with the numbers it follows from, and none without a cause."""

from datetime import timedelta

import documents
import pytest
from at_work import group, hire, owner

from huoqun.base import clock
from huoqun.insight.document import Question, Quote
from huoqun.people import alert, checkup, lookout, room
from huoqun.people.history import aware
from huoqun.people.workspace import local
from huoqun.web.alarm import reason

pytestmark = pytest.mark.django_db(transaction=True)


def told(**changed):
    """A diagnosis of an ordinary group, with some parts changed."""
    return documents.ordinary().model_copy(update=changed)


def store(row, found):
    row.refresh_from_db()
    checkup.store(row, found, now=aware(found.as_of))


def kinds(row, now):
    return [one.kind for one in alert.of_groups([row], now=now).get(row.pk, [])]


def signs(found, **states):
    return [
        sign.model_copy(update={"state": states[sign.id]}) if sign.id in states else sign for sign in found.vital_signs
    ]


def test_a_worse_verdict_than_at_the_checkup_before_is_an_alert_and_a_better_one_is_none():
    row = group(local(now=clock.now()))
    found = told()
    good = found.model_copy(update={"verdict": found.verdict.model_copy(update={"state": "living"})})
    later = {"as_of": found.as_of + timedelta(days=7)}
    bad = found.model_copy(update={"verdict": found.verdict.model_copy(update={"state": "dying"}), **later})
    store(row, good)
    assert alert.WORSE not in kinds(row, aware(found.as_of))
    store(row, bad)
    one = alert.of_groups([row], now=aware(bad.as_of))[row.pk][0]
    assert (one.kind, one.why["is"]) == ("worse", "dying")
    store(row, good.model_copy(update={"as_of": found.as_of + timedelta(days=14)}))
    assert alert.WORSE not in kinds(row, aware(found.as_of) + timedelta(days=14))


def test_a_sign_that_left_its_range_is_named():
    was, now = told(), told()
    was = was.model_copy(update={"vital_signs": signs(was, answer_rate="good")})
    now = now.model_copy(update={"vital_signs": signs(now, answer_rate="low")})
    assert lookout.worse("living", now, ("living", was))["signs"] == ["answer_rate"]
    assert lookout.worse("living", was, ("living", was)) is None
    assert lookout.worse("living", now, None) is None


def test_below_its_own_normal_is_told_from_the_weeks_before():
    found = told()
    sign = next(s for s in found.vital_signs if s.id == "speakers")
    weeks = [(found.as_of.date() - timedelta(days=7 * i), 30.0 if i > 3 else 5.0) for i in reversed(range(12))]
    fallen = sign.model_copy(update={"value": 5.0, "low": 20.0, "high": None, "state": "low", "series": weeks})
    assert lookout.slipped(told(vital_signs=[fallen]))["signs"][0]["was"] == 30.0
    always = [(day, 5.0) for day, _ in weeks]
    assert lookout.slipped(told(vital_signs=[fallen.model_copy(update={"series": always})])) is None


def test_an_owner_who_is_only_guessed_is_never_called_silent():
    found = told()
    person = found.people_table[0].model_copy(update={"last": found.as_of - timedelta(days=20)})
    known = {"people_table": [person], "last": found.as_of}
    for source, days in (("named", 20), ("file", 20), ("guess", None)):
        named = {"id": person.id, "name": person.name, "source": source}
        owner_is = documents.ordinary().owner.model_copy(update=named)
        why = lookout.owner_silent(told(owner=owner_is, **known))
        assert (why and why["days"]) == days


def test_questions_pile_up_only_where_most_wait():
    found = told()

    def asked(days, answered):
        quote = Quote(time=found.as_of - timedelta(days=days), person="p", name="p", text="？")
        return Question(quote=quote, answered=quote.time if answered else None)

    def rate(share):
        sign = next(s for s in found.vital_signs if s.id == "answer_rate")
        return {"vital_signs": [sign.model_copy(update={"series": [(found.as_of.date(), share)]})]}

    waiting = [asked(day, False) for day in range(2, 8)]
    assert lookout.unanswered(told(questions=waiting, **rate(0.4))) == {"waiting": 6, "answered": 0.4, "days": 28}
    assert lookout.unanswered(told(questions=waiting, **rate(0.9))) is None, "a list that is cut shows no answered ones"
    old = [asked(day, False) for day in (0, 0, 40, 50, 60, 70)]
    assert lookout.unanswered(told(questions=old, **rate(0.4))) is None


def test_an_export_grows_old_by_itself():
    row = group(local(now=clock.now()))
    found = told(simulated=False)
    store(row, found)
    assert alert.STALE not in kinds(row, aware(found.as_of) + timedelta(days=13))
    assert alert.STALE in kinds(row, aware(found.as_of) + timedelta(days=15))


def test_a_limit_said_by_hand_raises_and_lifts_the_alert_at_once():
    row = group(local(now=clock.now()))
    found = told(members=95)
    store(row, found)
    row.refresh_from_db()
    by, now = hire(row.workspace).account, clock.now()
    room.set_limit(row, 100, by=by, now=now)
    assert alert.FULL in kinds(row, now)
    room.set_limit(row, 400, by=by, now=now)
    assert alert.FULL not in kinds(row, now)


def test_the_list_says_every_alert_in_both_languages():
    client = owner()
    row = group(local(now=clock.now()))
    found = told(members=480, simulated=False)
    store(row, found)
    here = alert.of_groups([row], now=clock.now())[row.pk]
    page = client.get("/w/local/?alert=any").content.decode()
    assert all(reason(one) for one in here)
    assert "快满了" in page
    assert "480" in page
    for kind in alert.KINDS:
        listed = '<a class="group"' in client.get(f"/w/local/?alert={kind}").content.decode()
        assert listed == (kind in {one.kind for one in here}), kind
    english = client.get("/w/local/?alert=full", headers={"accept-language": "en"}).content.decode()
    assert "places are taken" in english
