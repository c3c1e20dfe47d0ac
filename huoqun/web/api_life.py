"""The API of the life of an activity: opened, begun, closed, settled, announced, done again, removed and brought back,
and what staff of its kind do in it."""

from typing import Annotated, Any

from ninja import Schema
from pydantic import AfterValidator, Field, WithJsonSchema

from huoqun.activities import activity as base
from huoqun.activities import life
from huoqun.activities.activity import Activity
from huoqun.activities.kind import Said
from huoqun.base import clock
from huoqun.people import outbox
from huoqun.people.group import Group
from huoqun.web import doors, word
from huoqun.web.api_activities import ActivityTold, activity_told
from huoqun.web.api_shape import Moment, Named, Sent, Words
from huoqun.web.api_surveys import LinkTold
from huoqun.web.gate import Asked
from huoqun.web.said import LONGEST

Key = Annotated[Words, Field(min_length=1, max_length=40)]
"""What makes a deed this one: sent again with the same key it is not done again."""


def _texts(value: Any) -> list[str]:
    those = [value] if isinstance(value, str) else value
    if not isinstance(those, list) or not all(isinstance(text, str) and len(text) <= LONGEST for text in those):
        raise ValueError(f"neither a text of at most {LONGEST} signs nor a list of such")
    return [text.encode().decode().replace("\0", "") for text in those]


_TEXT = {"type": "string", "maxLength": LONGEST}
TextsOfField = Annotated[
    Any, AfterValidator(_texts), WithJsonSchema({"anyOf": [_TEXT, {"type": "array", "items": _TEXT}]})
]
Texts = Annotated[dict[Annotated[str, Field(max_length=60)], TextsOfField], Field(max_length=500)]
"""What comes with a deed, by the names of the fields that its form has in the console or on a member's page."""


class OpeningSaid(Sent):
    """When it closes by itself; null: as its draft says."""

    closes: Moment | None = None


class AnnouncementSaid(Sent):
    """Words for its groups, in which `{link}` becomes the address for members; left out: the usual reminder, in the
    workspace's language. The same key is said once; left out, one is said a day."""

    text: Words = Field("", max_length=outbox.LONGEST)
    key: Words = Field("", max_length=40)


class StaffDeedSaid(Sent):
    """A deed of staff, one of `staff_do` of the kind, with what its form sends."""

    do: Words = Field(min_length=1, max_length=40)
    key: Key
    said: Texts = {}


class AnswerToDeed(Schema):
    """What was answered: an id that stays, and words in the language of the request."""

    answer: str
    words: str


def open_activity(request: Asked, row: Activity, said: OpeningSaid) -> ActivityTold:
    """Open a draft, or what was closed, for members; the words for its groups wait to be sent."""
    life.open_up(row, closes=said.closes, by=request.user, now=clock.now())
    return activity_told(row)


def start_activity(request: Asked, row: Activity) -> ActivityTold:
    """It begins."""
    life.start(row, by=request.user, now=clock.now())
    return activity_told(row)


def close_activity(request: Asked, row: Activity) -> ActivityTold:
    """Take nothing more from members."""
    life.close(row, by=request.user, now=clock.now())
    return activity_told(row)


def settle_activity(request: Asked, row: Activity) -> ActivityTold:
    """Give what was promised; what is open is closed first. It cannot be undone."""
    life.settle(row, by=request.user, now=clock.now())
    return activity_told(row)


def list_doors(request: Asked, row: Activity) -> list[LinkTold]:
    """The link of an activity for each of its groups; it asks for the name first."""

    def link(group: Group) -> LinkTold:
        address = request.build_absolute_uri(doors.address(row, group, now=clock.now()))
        return LinkTold(group=Named(id=group.pk, name=group.name), address=address)

    return [link(group) for group in base.groups_of(row)]


def announce_activity(request: Asked, row: Activity, said: AnnouncementSaid) -> None:
    """Let words for each of its groups wait to be sent: those given, or the usual reminder."""
    now = clock.now()
    life.announce(row, "remind", text=said.text.strip(), key=said.key or f"{now:%Y%m%d}", now=now)


def repeat_activity(request: Asked, row: Activity) -> ActivityTold:
    """A draft of the same, a week later; asked for again it is the same draft."""
    return activity_told(life.again(row, by=request.user, now=clock.now()))


def remove_activity(request: Asked, row: Activity) -> None:
    """Take an activity out of the lists; its links say so, and what waited to be sent is not said."""
    life.remove(row, by=request.user, now=clock.now())


def restore_activity(request: Asked, row: Activity) -> ActivityTold:
    """Bring a removed activity back."""
    life.restore(row, by=request.user, now=clock.now())
    return activity_told(row)


def do_in_activity(request: Asked, row: Activity, said: StaffDeedSaid) -> AnswerToDeed:
    """Do what staff of its kind do: draw, grade, schedule and so on, once for each key."""
    now = clock.now()
    answer = life.by_staff(row, said.do, Said(said.said), key=said.key, by=request.user, now=now)
    return AnswerToDeed(answer=answer, words=word.of("answer", answer))
