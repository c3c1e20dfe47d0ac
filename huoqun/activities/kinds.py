"""All kinds of activity. A new kind is one module and one line here (and one in `web/kinds` for its pages)."""

from huoqun.activities import (
    chain,
    challenge,
    circle,
    feedback,
    homework,
    idea_call,
    lottery,
    meetup,
    quiz,
    spotlight,
    team_up,
    topic_session,
    vote,
)
from huoqun.activities.kind import Kind

KINDS: dict[str, Kind] = {
    kind.id: kind
    for kind in (
        vote.VOTE,
        spotlight.SPOTLIGHT,
        challenge.CHALLENGE,
        team_up.TEAM_UP,
        chain.CHAIN,
        meetup.MEETUP,
        homework.HOMEWORK,
        topic_session.TOPIC,
        lottery.LOTTERY,
        quiz.QUIZ,
        feedback.FEEDBACK,
        idea_call.IDEA_CALL,
        circle.CIRCLES,
    )
}
"""The kinds by their id, in the order pages offer them."""
