"""All kinds of activity. A new kind is one module and one line here (and one in `web/kinds` for its pages)."""

from huoqun.activities import (
    challenge,
    feedback,
    homework,
    idea_call,
    lottery,
    quiz,
    vote,
)
from huoqun.activities.kind import Kind

KINDS: dict[str, Kind] = {
    kind.id: kind
    for kind in (
        vote.VOTE,
        quiz.QUIZ,
        challenge.CHALLENGE,
        lottery.LOTTERY,
        homework.HOMEWORK,
        idea_call.IDEA_CALL,
        feedback.FEEDBACK,
    )
}
"""The kinds by their id, in the order pages offer them."""
