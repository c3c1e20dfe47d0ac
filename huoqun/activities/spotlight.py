"""The spotlight (能人秀): one member at a time shows who they are and what they can do, and others get to know them.

For the operator: members sign up over the page; staff give three marks and fix turns, one or two a week, after a
demonstration by a strong member who was asked. Each guest has a card, friends who speak for them, questions ranked by
how many want them answered, and a run sheet that leads the host from the talk before to the new contacts after. An
ordinary member can choose the gentle form. One activity is a series; each guest is one row of its roster.

Rules: `spotlight_turn` (cap, demonstration first), `spotlight_fame` (consent, fair turn). Reads profiles for the fair
turn and the archive for what a show moved. Writes participations, contributions, deeds with whom, marks on the pulse.
"""

from huoqun.activities import spotlight_card, spotlight_contact, spotlight_fame
from huoqun.activities import spotlight_friend as friend
from huoqun.activities import spotlight_turn as turn
from huoqun.activities import spotlight_voice as voice
from huoqun.activities.kind import Kind
from huoqun.activities.spotlight_part import KIND, SpotlightPlan

SPOTLIGHT = Kind(
    KIND,
    SpotlightPlan,
    member={
        "join": voice.join,
        "leave": voice.leave,
        "card": spotlight_card.keep_card,
        "friends": voice.ask_friends,
        "outside": friend.ask,
        "uninvite": friend.uninvite,
        "hide": friend.hide,
        "endorse": voice.endorse,
        "ask": voice.ask,
        "like": voice.like,
        "answer": voice.answer,
        "met": voice.met,
    },
    staff={
        "invite": turn.invite,
        "marks": turn.give_marks,
        "schedule": turn.schedule,
        "unschedule": turn.unschedule,
        "begin": turn.begin,
        "tick": turn.tick,
        "finish": turn.finish,
        "measure": turn.measure,
        "answered": turn.answered,
        "weigh": spotlight_contact.weigh,
        "hide": friend.hide_by_staff,
    },
    due=turn.fall_due,
    own_form=True,
    exhibits=spotlight_fame.exhibits,
)
