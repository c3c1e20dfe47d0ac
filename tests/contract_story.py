"""One ugly conversation, told in every layout of the field guide, with what is true of it.

Nothing here knows the product: layouts come from the description of the formats, truth from the story.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

ALICE, BOB, DIGITS, WANG, QUOTE = "Alice🌸", "Bob: the builder", "12345678", "老王", "Ö \"x\", 'y'"
IDS = {ALICE: "10001", BOB: "10002", DIGITS: "10003", WANG: "10004", QUOTE: "10005"}
START = datetime(2024, 1, 2, 3, 4, 5)
"""UTC."""

WORDS = (
    "hello",
    "今天谁分享？",
    "two\nlines",
    "first: second",
    "emoji 👩‍👩‍👧 and tab\there",
    "https://example.org/a?b=c&d=e",
    "quotes \"double\" and 'single', with commas; semicolons|pipes",
    "blank line inside\n\nand on",
    "<script>alert(1)</script> & <b>",
    "back\\slash \\n not a newline",
    "[图片] is not alone here",
    "@老王 看看 @Alice🌸 ",
    "   leading spaces",
    "null",
    "0",
    "=1+1",
    "long " * 300 + "end",
    "…",
    "ends with colon:",
    "12:34",
)


@dataclass(frozen=True)
class Said:
    """What somebody said: UTC, who, what, kind, and which one (by place) it answers."""

    at: datetime
    who: str
    text: str
    kind: str = "text"
    answers: int | None = None

    @property
    def id(self) -> str:
        return IDS[self.who]


def story(without: tuple[str, ...] = (), *, minute: bool = False, people: tuple[str, ...] = tuple(IDS)) -> list[Said]:
    """Sixty messages over 20 days; `without` leaves out words that a layout cannot carry unharmed."""
    words = [w.strip() if "strip" in without else w for w in WORDS if not any(x in w for x in without)]
    told = []
    for i in range(60):
        at = START + timedelta(hours=8 * i, minutes=7 * i % 60, seconds=0 if not minute else -5)
        told.append(Said(at, people[i * i % len(people)] if i % 3 else people[i % len(people)], words[i % len(words)]))
    told[8] = replace(told[8], answers=5)
    told[30] = replace(told[30], answers=29)
    return told


def unsaid(told: list[Said]) -> list[Said]:
    """The same without native answers."""
    return [replace(each, answers=None) for each in told]
