"""The scenes in which members say, choose and judge: vote, topic, quiz, feedback day, call for ideas, circles, show
day."""

from datetime import timedelta
from typing import Any

from huoqun.activities.contribution import Contribution
from huoqun.people import picture
from huoqun.people.person import Identity
from huoqun.people.picture import Picture
from huoqun.simulation.drawing import shelf
from huoqun.simulation.scene import LIVE, PAST, Cast, Scene


def vote(cast: Cast) -> None:
    """A vote that was decided, and one that runs."""
    options = cast.words["vote"]["options"]
    for which, days, voters in ((PAST, 33, cast.those[:17]), (LIVE, 1, cast.those[4:12])):
        closes = cast.at(29) if which == PAST else cast.at(-4)
        several = 2 if which == PAST else 1
        scene = Scene(cast, "vote", which, days, options=options[which], several=several, points=3, closes=closes)
        for n, who in enumerate(voters):
            chosen = [options[which][n * n % 3]]
            scene.does(who, "vote", options=chosen if n % 3 or which else [*chosen, options[which][(n + 1) % 3]])
        if which == PAST:
            scene.until(29)
            scene.settle()


def topic(cast: Cast) -> None:
    """A topic through all of its stages, and one that is voted on."""
    told, those = cast.words["topic"], cast.those
    old = Scene(cast, "topic", PAST, 27, points=5)
    _proposed(old, those, told["topics"])
    old.staff("choose")
    starts = cast.at(23)
    old.staff("offer", moments=[starts.isoformat(), (starts + timedelta(days=1)).isoformat()])
    for who in those[2:9]:
        old.does(who, "suits", moments=starts.isoformat())
    old.staff("fix", moments=starts.isoformat())
    old.staff("host", who=those[1].pk.hex)
    old.staff("warm_up", text=told["warm"])
    old.until(23)
    old.staff("discuss")
    for who, text in zip(those[5:], told["thoughts"], strict=False):
        old.does(who, "think", text=text)
    old.wait(60)
    old.staff("digest", text=told["digest"])
    old.staff("keep")
    old.settle()
    _proposed(Scene(cast, "topic", LIVE, 1, hour=9, closes=cast.at(-9)), those[3:], told["topics"])


def _proposed(scene: Scene, those: list[Identity], topics: list[str]) -> None:
    for who, text in zip(those, topics, strict=False):
        scene.does(who, "propose", text=text)
    scene.staff("to_vote")
    there = [row.pk.hex for row in scene.handed_in("proposal")]
    for n, who in enumerate(those[2:12]):
        scene.does(who, "vote", for_=[there[0 if n % 3 else 1], there[2 + n % 2]])


def quiz(cast: Cast) -> None:
    """A quiz with its places, and one that can be tried."""
    told = cast.words["quiz"]
    for which, days, those in ((PAST, 19, cast.those[:11]), (LIVE, 1, cast.those[6:11])):
        plan: dict[str, Any] = {"questions": told["questions"][which], "tries": 1 + which, "right_points": 2}
        scene = Scene(cast, "quiz", which, days, hour=12, closes=cast.at(17 if which == PAST else -3), **plan)
        for n, who in enumerate(those):
            scene.does(who, "begin")
            scene.wait(n * 3 % 5)
            right = told["answers"][which]
            given: dict[str, Any] = {f"q__{i}": answer if (n + i) % 4 else "?" for i, answer in enumerate(right)}
            if which == PAST:
                given["q__3"] = ["*"] if n % 3 else [right[3], plan["questions"][3].split("*")[2].split("|")[0].strip()]
            scene.does(who, "answer", **given)
        if which == PAST:
            scene.until(17)
            scene.settle()


def feedback(cast: Cast) -> None:
    """What shipped and how it was found, with answers, and what is judged now."""
    told, those = cast.words["feedback"], cast.those
    for which, days in ((PAST, 16), (LIVE, 2)):
        items = told["items"][which]
        scene = Scene(cast, "feedback", which, days, items=items, points=3, closes=cast.at(13 if which == PAST else -2))
        scene.staff("maker", item=0, name=those[0].name)
        for n, who in enumerate(those[2 : 14 - 6 * which]):
            marks: dict[str, Any] = {f"mark__{i}": 3 + (n + i) % 3 for i in range(len(items))}
            texts: dict[str, Any] = {f"text__{i}": told["words"][(n + i) % 4] for i in range(len(items)) if (n + i) % 2}
            scene.does(who, "judge", **marks, **texts)
        worded = [row for row in scene.handed_in("mark") if row.text and row.values["item"] == 0]
        scene.does(those[0], "reply", which=worded[0].pk, text=told["reply"])
        if which == PAST:
            scene.until(13)
            scene.settle()


def idea_call(cast: Cast) -> None:
    """Ideas that were all answered, and ideas that wait."""
    told, those = cast.words["idea_call"], cast.those
    for which, days in ((PAST, 38), (LIVE, 3)):
        scene = Scene(cast, "idea_call", which, days, points=4, closes=cast.at(33 if which == PAST else -5))
        for who, text in zip(those[1:], told["texts"][which], strict=False):
            scene.does(who, "propose", text=text)
        there = scene.handed_in("proposal")
        for n, row in enumerate(there):
            for who in those[6 : 14 - 2 * n]:
                scene.does(who, "like", which=row.pk)
        if which == PAST:
            scene.until(33)
            for row, (answer, because) in zip(there, told["answers"], strict=True):
                scene.staff("answer", which=row.pk, answer=answer, because=because)
            scene.settle()


def circle(cast: Cast) -> None:
    """Circles that did something, and some that look for people."""
    told, those = cast.words["circle"], cast.those
    for which, days in ((PAST, 44), (LIVE, 5)):
        scene = Scene(cast, "circle", which, days, points=5, closes=cast.at(18 if which == PAST else -20))
        chosen = told["circles"][:2] if which == PAST else told["circles"][1:]
        for who, (name, sort, charter) in zip(those, chosen, strict=False):
            scene.does(who, "propose", name=name, sort=sort, charter=charter)
        there: list[Contribution] = scene.handed_in("circle")
        for n, row in enumerate(there if which == PAST else there[:1]):
            scene.staff("approve", circle=row.pk, state="accepted")
            for who in those[2 + 5 * n : 6 + 5 * n]:
                scene.does(who, "enter", circle=row.pk)
            scene.wait(3 * 1440)
            present = [str(who.pk) for who in those[2 + 5 * n : 5 + 5 * n]]
            scene.does(
                those[n], "report", circle=row.pk, text=told["results"][(n + which) % 2], number=3, with_=present
            )
        if which == PAST:
            scene.until(18)
            scene.settle()


def show_day(cast: Cast) -> None:
    """Pictures that were judged and won, and some that wait."""
    told, those = cast.words["show_day"], cast.those
    plan: dict[str, Any] = {"sort": "likes", "winners": 2, "proof_points": 5, "win_points": 20}
    for which, days in ((PAST, 12), (LIVE, 2)):
        scene = Scene(cast, "show_day", which, days, closes=cast.at(10 if which == PAST else -3), **plan)
        for n, text in enumerate(told["texts"][: 4 - which]):
            who = those[3 + 2 * n]
            scene.does(who, "show", drawn(scene, who, text), text=text, likes=18 - 5 * n)
        there = scene.handed_in("proof")
        for row in there if which == PAST else there[:1]:
            yes = row.pk != there[-1].pk
            scene.staff("judge", which=row.pk, say="yes" if yes else "no", reason="" if yes else told["reason"])
        if which == PAST:
            scene.until(10)
            scene.settle()


def drawn(scene: Scene, who: Identity, text: str) -> Picture:
    """A picture that somebody handed in: drawn, for nobody took it."""
    return picture.take(shelf(text), workspace=scene.row.workspace, person=who.person, now=scene.now)
