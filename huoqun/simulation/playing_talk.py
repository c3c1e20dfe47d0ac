"""Kinds in which members say, choose and judge."""

from datetime import timedelta
from typing import Any

from huoqun.activities import submission, topic_stage
from huoqun.activities.activity import CLOSED
from huoqun.activities.feedback import items
from huoqun.activities.grading import REVIEW
from huoqun.people.person import Identity
from huoqun.simulation.playing_in import HOUR, Playing
from huoqun.simulation.society import Fellow


class Vote(Playing):
    """One choice, sometimes two; the first of the list a little more often."""

    ease = 1.6

    def joins(self, who: Fellow, account: Identity) -> bool:
        options, most = self.row.plan["options"], self.row.plan.get("several") or 1
        random = self.chance(who.id)
        many = random.choice((1, min(2, most)))
        weights = [1 / (n + 2) for n in range(len(options))]
        return self.does(account, "vote", options=list(dict.fromkeys(random.choices(options, weights, k=many))))


class IdeaCall(Playing):
    """Some propose, others like; each idea is answered within two days."""

    ease = 0.9

    def joins(self, who: Fellow, account: Identity) -> bool:
        there, random = self.handed_in("proposal"), self.chance(who.id)
        if not there or random.random() < 0.4:
            text = random.choice([text for told in self.words["texts"] for text in told])
            done = self.does(account, "propose", text=f"{text}（{who.name}）")
            if done:
                self.at(self.world.now + timedelta(hours=random.uniform(8, 40)), self._answer)
            return done
        return self.does(account, "like", which=random.choice(there).pk)

    def _answer(self) -> None:
        for row in self.handed_in("proposal"):
            if row.values.get("answer") or row.state != "given":
                continue
            answer, because = self.random.choice(self.words["answers"])
            self.staff("answer", which=row.pk, answer=answer, because=because)


class Feedback(Playing):
    """Marks for what is judged, some with words, which are answered the same evening."""

    def joins(self, who: Fellow, account: Identity) -> bool:
        random, told = self.chance(who.id), dict[str, Any]()
        for number in range(len(items(self.row))):
            told[f"mark__{number}"] = random.choice((2, 3, 4, 4, 5))
            if random.random() < 0.5:
                told[f"text__{number}"] = random.choice(self.words["words"])
        return self.does(account, "judge", **told)

    def opened(self) -> None:
        self.days(self.world.now, self.ends, 20, self._reply)

    def _reply(self) -> None:
        for row in self.handed_in("mark")[-6:] if self.open else ():
            if row.text and not row.values.get("reply"):
                self.staff("reply", which=row.pk, text=self.words["reply"])


class Quiz(Playing):
    """Some answers are right."""

    def joins(self, who: Fellow, account: Identity) -> bool:
        if not self.does(account, "begin"):
            return False
        random, told = self.chance(who.id), dict[str, Any]()
        for number, asked in enumerate(self.row.plan["questions"]):
            told[f"q__{number}"] = random.choice([part.strip(" *=") for part in asked.split("|")[1:]])
        return self.does(account, "answer", **told)


class Topic(Playing):
    """Proposed for a day, voted on for a day; the rest is for staff to settle on the page."""

    def joins(self, who: Fellow, account: Identity) -> bool:
        random, there = self.chance(who.id), self.handed_in("proposal")
        if topic_stage.stage(self.row) in {"", "propose"}:
            text = random.choice(self.words["topics"])
            return self.does(account, "propose", text=f"{text}（{who.name}）")
        return bool(there) and self.does(account, "vote", for_=[random.choice(there).pk.hex])

    def opened(self) -> None:
        self.at(self.world.now + timedelta(days=1), lambda: self.staff("to_vote"))


class Homework(Playing):
    """Pieces come in until the due hour; staff mark them within a day, or peers mark each other."""

    ease = 0.8

    def joins(self, who: Fellow, account: Identity) -> bool:
        text = self.chance(who.id).choice(self.words["texts"])
        return self.does(account, "give", text=f"{text}（{who.name}）", show="yes")

    def opened(self) -> None:
        late = timedelta(days=submission.plan(self.row).late_days)
        peers = submission.plan(self.row).graders == "by_peers"
        for wait in sorted({timedelta(0), late}):
            for hours in (3, 12, 17):
                self.at(self.ends + wait + hours * HOUR, self._review if peers else self._grade)
        if peers:
            self.at(self.ends + late + 24 * HOUR, self._grade)

    def _marks(self, good: float) -> dict[str, Any]:
        return {f"mark__{n}": round(most * good) for n, (_name, most) in enumerate(submission.rubric(self.row))}

    def _grade(self) -> None:
        if self.row.standing(self.world.now) != CLOSED:
            return
        for row in submission.pieces(self.row):
            if not row.values.get("graded"):
                good = self.chance("marks", row.identity.account).uniform(0.6, 1)
                self.staff("grade", which=row.pk, text=self.words["comment"][0], **self._marks(good))

    def _review(self) -> None:
        for row in self.handed_in(REVIEW):
            fellow = self.world.fellow(row.identity)
            if (
                row.state == "given"
                and fellow is not None
                and self.chance("reviews", fellow.id, row.key).random() < 0.6
            ):
                marks = self._marks(self.chance("marks", row.key).uniform(0.75, 0.95))
                self.does(row.identity, "review", which=row.pk, text=self.words["comment"][1], **marks)


class ShowDay(Playing):
    """Pictures; staff look at them in the evening."""

    ease = 0.5

    def joins(self, who: Fellow, account: Identity) -> bool:
        text = f"{self.chance(who.id).choice(self.words['texts'])}（{who.name}）"
        told = {"text": text, "likes": self.chance("likes", who.id).randint(3, 40)}
        return self.does(account, "show", self.drawn(account, text), **told)

    def opened(self) -> None:
        self.days(self.world.now, self.ends + timedelta(days=1), 21, self._judge)
        self.at(self.ends - timedelta(minutes=20), self._judge)

    def _judge(self) -> None:
        for row in self.handed_in("proof"):
            if row.state == "given":
                self.staff("judge", which=row.pk, say="yes", reason="")
