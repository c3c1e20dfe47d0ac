"""The scenes that go on for days: challenge, teams, homework, course, meetup, spotlight."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from huoqun.activities import meetup_plan, team_board
from huoqun.activities.check_in import CHECK_IN, CheckIn, check_in_all
from huoqun.people.code import as_bearer
from huoqun.people.person import Identity
from huoqun.simulation.scene import LIVE, PAST, Cast, Scene, said
from huoqun.simulation.scene_talk import drawn


def challenge(cast: Cast) -> None:
    """Seven mornings that some finished, and three weeks that run."""
    told, those = cast.words["challenge"], cast.those
    old = Scene(cast, "challenge", PAST, 30, hour=5, days=7, needed=5, day_points=2, bonus=20, proof="proof_text")
    _mornings(old, those[:9], 30, 24)
    _said_to(old, those)
    old.until(22)
    old.settle()
    plan: dict[str, Any] = {"days": 21, "makeups": 2, "break_days": 3, "day_points": 2, "bonus": 40}
    fresh = Scene(cast, "challenge", LIVE, 6, hour=5, needed=18, proof="proof_text", **plan)
    _mornings(fresh, those[3:11], 6, 1)
    _said_to(fresh, those)
    away = fresh.now.date() + timedelta(days=3)
    fresh.does(those[4], "leave_of_absence", from_=away, to=away + timedelta(days=1), text=told["leave"])


def _mornings(scene: Scene, those: list[Identity], first: int, last: int) -> None:
    """Everybody checks in on most days."""
    texts = scene.words["texts"]
    for number, days in enumerate(range(first, last - 1, -1)):
        scene.until(days, 7)
        asked = []
        for n, who in enumerate(those):
            if (3 * n + number) % 5 or n < 2:
                text = texts[(n + number) % len(texts)].format(n=number + 1)
                asked.append(
                    CheckIn(as_bearer(who), said({"text": text}), "personal", scene.now + timedelta(minutes=4 * n))
                )
        answers = check_in_all(scene.row, asked, now=scene.now + timedelta(hours=1))
        assert not any(isinstance(answer, Exception) for answer in answers), answers


def _said_to(scene: Scene, those: list[Identity]) -> None:
    scene.wait(90)
    rows = scene.handed_in(CHECK_IN)[-6:]
    for n, row in enumerate(rows):
        others = [who for who in those[:12] if who.person_id != row.person_id]
        for who in others[n : n + 5 - n // 2]:
            scene.does(who, "like", which=row.pk)
        if n < len(scene.words["comments"]):
            scene.does(others[n + 2], "comment", which=row.pk, text=scene.words["comments"][n])
    scene.staff("pick", which=rows[0].pk)
    scene.staff("say", which=rows[0].pk, text=scene.words["staff"])


def team_up(cast: Cast) -> None:
    """Two teams of which one won, and teams that look for people."""
    told, those = cast.words["team_up"], cast.those
    for which, days in ((PAST, 36), (LIVE, 3)):
        ends = cast.at(26 if which == PAST else -12)
        tasks, unit = told["tasks"][which], told["unit"][which]
        scene = Scene(cast, "team_up", which, days, tasks=tasks, unit=unit, goal=30, most=6, prize=30, closes=ends)
        leads = those[2 * which : 2 * which + 2]
        for who, task, name in zip(leads, tasks, told["names"][2 * which :], strict=False):
            scene.does(who, "lead", task=task, name=name, why=told["why"])
        for row in scene.handed_in("team")[: 2 - which]:
            scene.staff("accept", offer=row.pk, state="accepted")
        for n, team in enumerate(team_board.board(scene.row)):
            for who in those[4 + 4 * n : 8 + 4 * n - which]:
                scene.does(who, "join", team=team.id)
        if which == PAST:
            scene.start()
            for n, team in enumerate(team_board.board(scene.row)):
                assert team.captain is not None
                for amount, text in zip((12, 9 - 4 * n, 11), told["texts"], strict=True):
                    scene.wait(1440)
                    scene.does(team.captain, "enter", amount=amount, text=text)
            scene.until(26)
            scene.settle()


def homework(cast: Cast) -> None:
    """Pieces that were marked and shown, and pieces that come in."""
    told, those = cast.words["homework"], cast.those
    for which, days in ((PAST, 35), (LIVE, 3)):
        ends = cast.at(30 if which == PAST else -3)
        scene = Scene(cast, "homework", which, days, rubric=told["rubric"], full_points=20, closes=ends)
        for who, text in zip(those[4 * which :], told["texts"], strict=False):
            scene.does(who, "give", text=text, show="yes")
        if which == PAST:
            scene.until(30)
            scene.close()
            there = scene.handed_in("piece")
            for n, row in enumerate(there):
                marks: dict[str, Any] = {"mark__0": 9 - n, "mark__1": 10 - n}
                scene.staff("grade", which=row.pk, text=told["comment"][n % 2], **marks)
            for row in there[:2]:
                scene.staff("pick", which=row.pk)
            scene.settle()


def course(cast: Cast) -> None:
    """A course that some completed, and one whose first session is over."""
    told, those = cast.words["course"], cast.those
    for which, opened, days in ((PAST, 31, (28, 27)), (LIVE, 5, (3, -4, -11))):
        zone = ZoneInfo(cast.group.workspace.zone)
        starts = [cast.at(n) for n in days]
        lines = [
            f"{s.astimezone(zone):%Y-%m-%d %H:%M} | {t}" for s, t in zip(starts, told["sessions"][which], strict=True)
        ]
        plan: dict[str, Any] = {"sessions": lines, "session_points": 5, "product": told["product"]}
        honour = "" if which else told["honour"]
        scene = Scene(cast, "course", which, opened, honour=honour, closes=cast.at(days[-1] - 1, 22), **plan)
        there = those[which : 12 - 2 * which]
        scene.joins(there)
        for n, begins in enumerate(starts):
            if begins > cast.now:
                scene.staff("word", session=n, word=told["word"])
                continue
            scene.now = max(scene.now, begins)
            for who in there[: 9 - 3 * n]:
                scene.does(who, "attend", session=n)
        if which == PAST:
            scene.until(days[-1] - 1, 22)
            scene.staff("bought", which=scene.part(there[0]).pk)
            scene.settle()


def meetup(cast: Cast) -> None:
    """A meetup with who came, who paid and who met whom, and one with a waiting list."""
    told, those = cast.words["meetup"], cast.those
    place: dict[str, Any] = {"city": told["city"], "points": 10}
    begins = cast.at(14, 15)
    cost: dict[str, Any] = {"cost": 240, "cost_by": "split"}
    old = Scene(cast, "meetup", PAST, 22, starts=begins, capacity=14, place=told["place"][PAST], **cost, **place)
    old.joins(those[:13])
    for who in those[:8]:
        old.does(who, "confirm")
    old.until(14, 15)
    came = those[:10]
    old.staff("check_in", who=[who.pk.hex for who in came])
    old.staff("guest", name=told["guest"])
    for who, (label, ask) in zip(came[2:], told["cards"], strict=False):
        old.does(who, "card", label=label, ask=ask)
    old.staff("table", with_=[who.pk.hex for who in came[:4]])
    old.does(came[5], "met", with_=[came[n].pk.hex for n in (6, 7, 8)])
    old.does(came[1], "photo", drawn(old, came[1], told["place"][PAST]), text=told["place"][PAST])
    old.staff("show", photo=old.handed_in(meetup_plan.PHOTO)[0].pk.hex, choice="yes")
    ids = [who.pk.hex for who in came]
    old.staff("paid", shown=ids, paid=ids[:7])
    old.settle()
    told_now: dict[str, Any] = {"starts": cast.at(-6, 15), "capacity": 12, "place": told["place"][LIVE]}
    fresh = Scene(cast, "meetup", LIVE, 3, **told_now, **place)
    fresh.joins(those[3:18])
    for who, (label, ask) in zip(those[3:5], told["cards"], strict=False):
        fresh.does(who, "card", label=label, ask=ask)


def spotlight(cast: Cast) -> None:
    """A season with its cards, words of friends and contacts, and one with a turn behind and a turn ahead."""
    cards, those = cast.words["spotlight"]["cards"], cast.those
    old = Scene(cast, "spotlight", PAST, 46, points=10, closes=cast.at(32))
    for n, (who, days) in enumerate(((those[0], 41), (those[2], 34))):
        candidate(old, who, cards[n], cast, days, demo=not n)
        shown(old, who, those[5:12], days)
    old.until(32)
    old.settle()
    fresh = Scene(cast, "spotlight", LIVE, 13, points=10, closes=cast.at(-20))
    candidate(fresh, those[1], cards[2], cast, 6, demo=True)
    shown(fresh, those[1], those[6:12], 6)
    candidate(fresh, those[3], cards[3], cast, -3, demo=False)
    _asked(fresh, those[3], those[7:11])


def candidate(scene: Scene, who: Identity, card: list[str], cast: Cast, days: int, *, demo: bool) -> None:
    """Somebody signs up, is marked, gets a turn and fills in the card."""
    headline, story, offers, wants = card
    scene.does(who, "join", headline=headline)
    part = scene.part(who).pk
    scene.staff("marks", of=part, dares=2, able=2, social=1)
    scene.staff("schedule", of=part, at=cast.at(days).isoformat(), demo="yes" if demo else "")
    agree: dict[str, Any] = {"agree": ["name", "quote"], "public": "yes"} if demo else {}
    scene.does(who, "card", headline=headline, story=story, offers=offers, wants=wants, **agree)


def _asked(scene: Scene, who: Identity, others: list[Identity]) -> None:
    """Friends speak for somebody, and the others want to know something."""
    part, told = scene.part(who).pk, scene.words
    scene.does(who, "friends", friends="\n".join(other.name for other in others[:2]))
    for friend, text in zip(others, told["endorse"], strict=False):
        scene.does(friend, "endorse", of=part, text=text, public="yes")
    for other, text in zip(others[1:], told["questions"], strict=False):
        scene.does(other, "ask", of=part, text=text)
    for n, row in enumerate(r for r in scene.handed_in("question") if r.of_id == part):
        for other in others[: 4 - n]:
            scene.does(other, "like", question=row.pk)


def shown(scene: Scene, who: Identity, others: list[Identity], days: int) -> None:
    """The show: questions, answers, new contacts."""
    _asked(scene, who, others)
    part = scene.part(who).pk
    scene.until(days)
    scene.staff("begin", of=part)
    for step in ("introduce", "share", "endorse"):
        scene.staff("tick", of=part, step=step)
    asked = [row for row in scene.handed_in("question") if row.of_id == part]
    scene.does(who, "answer", question=asked[0].pk, answer=scene.words["answer"])
    for other in others[:4]:
        scene.does(other, "met", of=part)
    scene.does(who, "met", names=others[4].name, count=6, gifts=1)
    scene.staff("finish", of=part)
