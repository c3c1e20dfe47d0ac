"""All kinds of activity. A new kind is one module and one line here (and one in `web/kinds` for its pages)."""

from huoqun.activities import (
    benefit,
    chain,
    challenge,
    circle,
    course,
    feedback,
    group_buy,
    homework,
    idea_call,
    lottery,
    meetup,
    quiz,
    red_packet,
    show_day,
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
        course.COURSE,
        topic_session.TOPIC,
        lottery.LOTTERY,
        quiz.QUIZ,
        group_buy.GROUP_BUY,
        feedback.FEEDBACK,
        idea_call.IDEA_CALL,
        circle.CIRCLES,
        red_packet.RED_PACKET,
        show_day.SHOW_DAY,
        benefit.BENEFIT,
    )
}
"""The kinds by their id, in the order pages offer them."""
