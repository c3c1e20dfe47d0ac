"""The attached: what goes with words that a step says: a file or a picture of the playbook's variables, or a poster
drawn for it.

| poster | what stands on it |
| --- | --- |
| `activity` | what was opened, when it begins and until when it is open, and its code |
| `winners` | who has won |
| `finished` | who may have a certificate: who has finished a course, a challenge, a homework |
| `board` | the best teams, or who has kept at it longest, or how many take part |
| `number` | the first number that the words of the step name, large |
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings

from huoqun.activities import certificate, challenge_count, team_board
from huoqun.activities.activity import IN, Participation
from huoqun.base.poster import Poster, draw
from huoqun.people import enclosure, picture
from huoqun.people.enclosure import Enclosure
from huoqun.people.person import Identity
from huoqun.people.picture import Picture
from huoqun.playbooks import address, choosing, reason
from huoqun.playbooks.doing import Doing
from huoqun.playbooks.fact import FACTS
from huoqun.playbooks.opening import SLOT
from huoqun.playbooks.step_form import Say

MOST = 8
"""Lines of a poster that name people."""
WORDS = {
    "begins": {"zh": "{at} 开始", "en": "Begins {at}"},
    "until": {"zh": "{at} 截止", "en": "Open until {at}"},
    "take_part": {"zh": "人参加", "en": "take part"},
    "days": {"zh": "天", "en": "days"},
    "winners": {"zh": "恭喜", "en": "Congratulations"},
    "finished": {"zh": "做完了，可以领证书", "en": "have finished; a certificate is theirs"},
    "board": {"zh": "看看走到哪了", "en": "How far we are"},
    "scan": {"zh": "长按识别，进来看看", "en": "Press and hold the code to come in"},
}
"""What posters say of themselves, by the language of the run."""


class Nothing(ValueError):
    """What was to go with the words is not there; the message is the reason."""


def attached(each: Doing, now: datetime) -> tuple[Picture | None, Enclosure | None]:
    """The picture and the file that go with the words of a step. Raises Nothing."""
    form = each.form
    assert isinstance(form, Say)
    if form.poster:
        return drawn(each, POSTERS[form.poster](each, now), now), None
    if not form.attach:
        return None, None
    found = enclosure.found(each.run.workspace_id, str(each.values.get(form.attach, "")))
    if found is None:
        raise Nothing(reason.of("file_gone", form.attach))
    return (found, None) if isinstance(found, Picture) else (None, found)


def drawn(each: Doing, poster: Poster, now: datetime) -> Picture:
    """The poster as a picture that knows what stands on it. Raises Nothing."""
    words = "\n".join(t for t in (poster.kicker, poster.title, poster.big, poster.big_means, *poster.lines) if t)
    try:
        raw = draw(poster)
    except OSError as error:  # an installation without its fonts
        raise Nothing(reason.of("no_poster", error)) from error
    return picture.take(raw, workspace=each.group.workspace, person=None, words=words, now=now)


def _said(each: Doing, what: str, **values: str) -> str:
    return WORDS[what][each.run.language].format(**values)


def _title(each: Doing) -> str:
    return each.opened.title if each.opened else each.words(each.form.title, "title")


def _of_activity(each: Doing, now: datetime) -> Poster:
    row = each.opened
    if row is None:
        raise Nothing(reason.of("nothing_to_show"))
    zone = ZoneInfo(each.group.zone)
    lines = [
        _said(each, what, at=moment.astimezone(zone).strftime("%m-%d %H:%M"))
        for what, moment in (("begins", row.starts), ("until", row.closes))
        if moment is not None
    ]
    lines += [line for line in row.about.splitlines() if line.strip()][:3]
    link = address.door(row, each.group, now=now) if settings.ADDRESS else ""
    return Poster(each.group.name, row.title, lines, link=link, foot=_said(each, "scan") if link else "")


def _winners(each: Doing, _now: datetime) -> Poster:
    ids = choosing.winners(each.opened) if each.opened else []
    names = dict(Identity.objects.filter(pk__in=ids).values_list("pk", "name"))
    lines = [names[pk] for pk in ids if pk in names]
    if not lines:
        raise Nothing(reason.of("nobody_won"))
    return Poster(_said(each, "winners"), _title(each), _some(lines), foot=each.group.name)


def _some(names: list[str]) -> list[str]:
    """The first of them, and how many more there are."""
    return [*names[:MOST], *([f"… +{len(names) - MOST}"] if len(names) > MOST else [])]


def _finished(each: Doing, now: datetime) -> Poster:
    row = each.opened
    if row is None:
        raise Nothing(reason.of("nothing_to_show"))
    those = Participation.objects.filter(activity=row, state__in=IN, identity__group=each.group)
    those = those.select_related("identity").order_by("created", "pk")
    names = [part.identity.name for part in those if certificate.earned(row, part, now=now)]
    if not names:
        raise Nothing(reason.of("nobody_finished"))
    big, means = str(len(names)), _said(each, "finished")
    return Poster(_said(each, "winners"), row.title, _some(names), big, means, foot=each.group.name)


def _board(each: Doing, now: datetime) -> Poster:
    row = each.opened
    if row is None:
        raise Nothing(reason.of("nothing_to_show"))
    lines: list[str] = []
    if row.kind == "team_up":
        lines = [f"{t.place}. {t.name}  {t.done:g}" for t in team_board.board(row)[:MOST]]
    elif row.kind == "challenge":
        best = challenge_count.board(row, most=MOST, now=now, group=each.group)[:MOST]
        lines = [f"{b.rank}. {b.who.name}  {b.counters.days} {_said(each, 'days')}" for b in best]
    many = Participation.objects.filter(activity=row, state__in=IN, identity__group=each.group).count()
    big, means = ("", "") if lines else (str(many), _said(each, "take_part"))
    return Poster(_said(each, "board"), row.title, lines, big, means, foot=each.group.name)


def _number(each: Doing, _now: datetime) -> Poster:
    """The first fact that the words name, large, with what it means."""
    assert isinstance(each.form, Say)
    told = getattr(each.form.text, each.run.language)
    for name in SLOT.findall(told):
        value = each.facts.get(name)
        if name != "day" and name in FACTS and value is not None:
            fact = FACTS[name]
            big = f"{value:.0%}" if fact.share else f"{value:g}"
            means = getattr(fact, each.run.language)
            return Poster(each.group.name, _title(each), big=big, big_means=means, foot=each.words(each.form.title))
    raise Nothing(reason.of("no_fact"))


POSTERS: Mapping[str, Callable[[Doing, datetime], Poster]] = {
    "activity": _of_activity,
    "winners": _winners,
    "finished": _finished,
    "board": _board,
    "number": _number,
}
"""By what a step asks for."""
