"""The acquaintance: who knows whom in a group, and what else its newest checkup tells of its people."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from huoqun.insight.document import Diagnosis, Quote, Tie
from huoqun.insight.document import Person as Member
from huoqun.insight.graph import VISIBLE
from huoqun.people.checkup import Checkup
from huoqun.people.group import Group
from huoqun.people.history import aware

KEPT = 16
"""Groups kept in memory, those of the newest pages."""


@dataclass(frozen=True)
class Acquaintance:
    """What a checkup tells of people, by account."""

    as_of: datetime
    stage: str
    language: str
    """What is spoken there: `zh` or `en`."""
    owner: str | None
    people: Mapping[str, Member]
    ties: Mapping[frozenset[str], Tie]
    """Those that count in the network."""
    unanswered: Mapping[str, Quote]
    """Their newest question that nobody answered."""
    unwelcomed: frozenset[str]
    """Newcomers whose first words nobody answered."""

    def knows(self, a: Iterable[str], b: Iterable[str]) -> Tie | None:
        """The tie between two persons with these accounts; None where there is none."""
        return next((t for x in a for y in b if (t := self.ties.get(frozenset((x, y))))), None)


def acquaintance(group: Group) -> Acquaintance | None:
    """By the newest checkup; None where there is none yet."""
    found = group.checkups.order_by("-day", "-computed").values_list("pk", "computed").first()
    return _read(found[0], str(found[1])) if found else None


@lru_cache(maxsize=KEPT)
def _read(pk: UUID, _computed: str) -> Acquaintance:
    told = Diagnosis.model_validate_json(Checkup.objects.values_list("document", flat=True).get(pk=pk))
    asked = [q for q in told.questions if q.answered is None]
    return Acquaintance(
        as_of=aware(told.as_of),
        stage=told.stage,
        language=_language(told),
        owner=told.owner.id if told.owner else None,
        people={p.id: p for p in told.people_table},
        ties={frozenset((t.a, t.b)): t for t in told.ties if t.strength >= VISIBLE},
        unanswered={q.quote.person: q.quote for q in sorted(asked, key=lambda q: q.quote.time)},
        unwelcomed=frozenset(n.person for n in told.newcomers if n.first and not n.answered),
    )


def _language(told: Diagnosis) -> str:
    """Chinese where its words are written in Chinese signs; where no words are known, by the network."""
    said = "".join(w.word for t in told.topics for w in t.words) + "".join(q.quote.text for q in told.questions)
    letters = [c for c in said if c.isalpha()]
    if not letters:
        return "zh" if told.network in {"wechat", "wecom", "qq"} else "en"
    return "zh" if sum("\u4e00" <= c <= "\u9fff" for c in letters) * 4 >= len(letters) else "en"
