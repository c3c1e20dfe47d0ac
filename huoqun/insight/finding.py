"""Findings: the causes of trouble that an archive shows, worst first (handbook chapter 4).

Harm is severity × extent × certainty (`insight/cause`). A healthy group may have none. Nothing is said of an owner who
is only guessed, of staff the card does not name, of activities nobody marked.

| cause | severity | shown by | method |
| --- | --- | --- | --- |
| `lives_on_owner` | 0.85 | over half of starts and ties leave with the owner | `duty-week` |
| `shrinking_core` | 0.8 | over two in five regulars not heard for 45 days | `revival-week` |
| `weak_ties` | 0.75 | under 15 % have a strong tie, of the speakers and of five or more regulars | `revival-week` |
| `lives_on_events` | 0.7 | over half of the messages on event days, three times the others | `weekly-spotlight` |
| `no_core` | 0.7 | under half of the expected core (3 days of 7), and nobody who keeps coming | `cold-start` |
| `newcomers_alone` | 0.65 | over two in five first messages unanswered in a day | `newcomer-welcome` |
| `fewer_people` | 0.65 | three people speak where five did, fewer than usual, beyond chance | `revival-week` |
| `monologue` | 0.65 | one person writes over 60 % | `cold-start` |
| `bad_mood` | 0.65 | negative messages twice the usual and over 15 % | `crisis` |
| `selling_often` | 0.65 | over a quarter of staff messages sell | `six-step-promotion` |
| `staff_do_everything` | 0.6 | the team writes over 60 % | `duty-week` |
| `leaving` | 0.6 | over 8 % of the members left in a month | `newcomer-welcome` |
| `questions_unanswered` | 0.55 | over two in five questions unanswered | `weekly-feedback-day` |
| `selling_early` | 0.55 | an offer in the first 7 days | `six-step-promotion` |
| `silent_majority` | 0.5 | under a fifth of the members speak in 90 days | `win-back-silent` |
| `came_for_gift` | 0.5 | four in five of a crowd that joined at once never spoke | `win-back-silent` |
| `complaints_only` | 0.5 | over half of those who speak only drop complaints | `weekly-feedback-day` |
| `clique` | 0.5 | the busiest few answer each other in 85 % of cases | `meetup` |
| `cold_schedule` | 0.5 | posts by the clock, three in five unanswered | `weekly-feedback-day` |
| `below_floor` | 0.5 | activities twice as far apart as the floor | `weekly-spotlight` |
| `no_newcomers` | 0.45 | a third of the usual new people or fewer | `invitation-race` |
| `homework_burden` | 0.45 | half as many hand in as before | `challenge-100` |
| `no_direction` | 0.4 | over four in five messages are passing remarks, nothing is undertaken | `cold-start` |
| `few_carry` | 0.4 | the top fifth writes over 90 % | `team-up` |
| `too_large` | 0.4 | more than 300 members, most silent or over 150 speaking | `split-by-region` |
| `goal_unnamed` | 0.35 | the operator's card says something, and no goal | `cold-start` |
| `core_unnamed` | 0.3 | the same, nobody who leads | `cold-start` |
| `strata_unnamed` | 0.25 | the same, no strata and no way up | `weekly-spotlight` |
| `camp_ending` | 0.2 | a camp ends within two weeks | `camp-farewell` |

Evidence keys are listed in `docs/findings.md`.
"""

from huoqun.insight.bond import bonds
from huoqun.insight.care import care
from huoqun.insight.cause import Case
from huoqun.insight.crowd import crowd
from huoqun.insight.document import Finding
from huoqun.insight.heap import heaps
from huoqun.insight.team import teams


def findings(case: Case) -> list[Finding]:
    """All findings of a group, worst first; none for a group that is closed: its time was meant to end."""
    card = case.ground.reading.card
    if card.ends is not None and card.ends <= case.ground.reading.now:
        return []
    every = [*bonds(case), *crowd(case), *care(case), *heaps(case), *teams(case)]
    return sorted(every, key=lambda one: (-one.harm, one.cause))
