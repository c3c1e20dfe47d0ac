"""The findings in English: cause, evidence, and the method as one would tell it to a colleague on a Monday morning."""

from huoqun.web.book import Cause

CAUSES: dict[str, Cause] = {
    "weak_ties": Cause(
        "Members hardly know each other",
        (
            "Of the {speakers:n} people who spoke in 90 days, {strong_share:%} have a strong tie",
            "so have {regulars_strong:n} of the {regulars:n} who came in four weeks of thirteen or more",
            "{returned_share:%} of ties are returned",
        ),
        "members hardly know each other",
    ),
    "lives_on_owner": Cause(
        "The group lives on its owner",
        (
            "The owner starts {starts_share:%} of conversations",
            "without the owner {ties_lost:%} of the ties are gone",
            "the owner alone writes {messages_share:%} of the messages",
        ),
        "it lives on its owner",
    ),
    "lives_on_events": Cause(
        "It is only warm on event days",
        (
            "{event_share:%} of messages fall around {events:n} events",
            "{per_day_inside:n} a day with an event, {per_day_outside:n} without",
        ),
        "it lives on events",
    ),
    "no_core": Cause(
        "There is no core",
        (
            "Only {core:n} people speak on three days of seven",
            "{steady:n} kept coming over three months",
            "a group in which {speakers:n} speak should have about {expected:n}",
        ),
        "nobody leads",
    ),
    "newcomers_alone": Cause(
        "Newcomers are left alone",
        (
            "Of {newcomers:n} newcomers who spoke up in 90 days, {alone:n} ({alone_share:%}) "
            "had no answer within {hours:n} hours",
        ),
        "newcomers are left alone",
    ),
    "questions_unanswered": Cause(
        "Questions go unanswered",
        (
            "Of {questions:n} questions in 90 days {unanswered:n} ({unanswered_share:%}) were never answered",
            "the median wait of the rest is {median_minutes:m}",
        ),
        "questions go unanswered",
    ),
    "silent_majority": Cause(
        "Most people say nothing",
        ("Of {members:n} members {spoke:n} spoke in 90 days", "{silent_share:%} only read"),
        "most people say nothing",
    ),
    "few_carry": Cause(
        "A few carry everything",
        (
            "The most talkative fifth writes {top_fifth_share:%} of the messages",
            "of {speakers:n} speakers, {top_people:n} write half of everything",
        ),
        "a few people carry it",
    ),
    "staff_do_everything": Cause(
        "Staff do everything",
        (
            "The team ({staff:n}) writes {staff_share:%} of the messages",
            "it starts {starts_share:%} of conversations",
            "members answer each other in {members_answer_share:%} of cases",
        ),
        "staff carry it",
    ),
    "below_floor": Cause(
        "Too few activities",
        (
            "An activity every {days_between:n} days; the floor is {floor_days:n}",
            "{activities:n} in 90 days",
            "the last one on {last_activity}",
        ),
        "too little happens",
    ),
    "selling_early": Cause(
        "Selling started too early",
        ("The first offer came on day {first_sale_days:n}; warming up takes at least {floor_days:n} days",),
        "selling started too early",
    ),
    "selling_often": Cause(
        "Too much selling",
        (
            "{selling:n} of the team's {staff_messages:n} messages sell ({selling_share:%})",
            "the ceiling is {ceiling:%}",
        ),
        "there is too much selling",
    ),
    "came_for_gift": Cause(
        "Many came for a gift",
        (
            "{bursts:n} bursts of joining brought {joined:n} people",
            "{never_spoke:n} of them ({never_spoke_share:%}) never said a word",
            "{left_share:%} have left",
        ),
        "many came for a gift",
    ),
    "complaints_only": Cause(
        "People only drop complaints",
        (
            "Of the {speakers:n} people who spoke in 90 days, {droppers:n} ({droppers_share:%}) only came to complain",
            "of their {complaints:n} complaints {unheard_share:%} were answered by nobody",
        ),
        "people only drop complaints and go",
    ),
    "no_direction": Cause(
        "Much chat, no direction",
        (
            "{speakers:n} people wrote {messages:n} messages in 90 days; {passing_share:%} are passing remarks that "
            "ask nothing, link nothing and explain nothing",
            "{undertaking_share:%} are about something to do together",
        ),
        "there is much chat and no direction",
    ),
    "goal_unnamed": Cause(
        "No shared goal is named",
        ("The card names {named:n} of the three elements of a community; the goal all members share is left empty",),
        "no shared goal is named",
    ),
    "core_unnamed": Cause(
        "Nobody is named who leads",
        ("The card names {named:n} of the three elements of a community; the core that leads is left empty",),
        "nobody is named who leads",
    ),
    "strata_unnamed": Cause(
        "No strata and no way up are named",
        ("The card names {named:n} of the three elements of a community; strata and the way up are left empty",),
        "no way up is named",
    ),
    "too_large": Cause(
        "Too large to know each other",
        (
            "{members:n} members, {spoke:n} of whom spoke in 90 days",
            "{ties_per_person:1} strong ties a speaker",
            "the limit is {limit:n}",
        ),
        "it is too large to know each other",
    ),
    "shrinking_core": Cause(
        "Old hands are leaving",
        ("Of {regulars:n} regulars {gone:n} ({gone_share:%}) have been silent for {weeks:n} weeks",),
        "old hands are leaving",
    ),
    "leaving": Cause(
        "People leave the group",
        ("In 30 days {left:n} left and {joined:n} joined", "that is {leave_rate:%} of {members:n} members"),
        "people are leaving",
    ),
    "no_newcomers": Cause(
        "No new faces",
        (
            "{new_90d:n} new people in 90 days, {new_before:n} in the 90 before",
            "the last one {days_since_new:n} days ago",
        ),
        "nobody new comes in",
    ),
    "clique": Cause(
        "It became a small circle",
        ("Of {speakers:n} speakers {clique:n} talk among themselves: {inside_share:%} of all exchange",),
        "it became a small circle",
    ),
    "cold_schedule": Cause(
        "A schedule without warmth",
        (
            "{fixed_share:%} of the team's {posts:n} posts come by the clock (at {hours})",
            "{unanswered_share:%} get no reply",
            "{person_share:%} speak to a person",
        ),
        "it is all schedule and no warmth",
    ),
    "homework_burden": Cause(
        "Homework became a burden",
        (
            "{tasks:n} tasks, {per_week:1} a week",
            "those who hand in fell from {handed_in_before:n} to {handed_in_now:n} (down {fall_share:%})",
        ),
        "homework became a burden",
    ),
    "monologue": Cause(
        "One person talks, nobody joins in",
        ("Over {days:n} days one person wrote {share:%} of the messages", "only {others:n} others spoke"),
        "one person does the talking",
    ),
    "bad_mood": Cause(
        "Resentment is growing",
        (
            "In the last {weeks:n} weeks {negative_share:%} of {messages:n} messages were unhappy",
            "{usual_share:%} is usual here",
        ),
        "resentment is growing",
    ),
    "fewer_people": Cause(
        "Fewer people speak",
        (
            "Speakers in 90 days fell from {speakers_before:n} to {speakers_90d:n} (down {fall_share:%})",
            "messages fell by {messages_fall_share:%}",
        ),
        "fewer people speak",
    ),
    "camp_ending": Cause(
        "The camp is about to end",
        ("{days_left:n} days are left, {members:n} people wait for what comes next",),
        "the camp is about to end",
    ),
}

METHODS: dict[str, str] = {
    "revival-week": (
        "Connect people in one week. Monday: a survey of choices that takes two minutes (trade, city, what you offer, "
        "what you need, which rhythm you like). Tuesday: show everybody the network and say who has not met whom. From "
        "Wednesday run spotlights: talk with each guest before, collect three endorsements from friends, share for at "
        "most 30 minutes, let the group ask, and close by asking people to add each other. After five spotlights, and "
        "only once daily messages are back, recruit captains, form teams and meet in person at the weekend; if they "
        "are "
        "not back, go on with spotlights. Sunday: hand one regular task to a member."
    ),
    "duty-week": (
        "Give the group to a member for a week. Ask three people who are often answered, in private, who would be host "
        "for a week, with a one-page hand-over: start one conversation a day, greet newcomers, pass open questions to "
        "those who know. The owner shows up once in the evening and only picks up what nobody took in two hours. Thank "
        "the host in public at the end, with a real reward, and let them name the next. It stands once others start "
        "half of the conversations."
    ),
    "weekly-spotlight": (
        "Put your own members on stage instead of invited guests, once or twice a week on a fixed evening. Monday: "
        "choose two who dare to show, can do something and like to help; talk for half an hour; write a card (photo, "
        "three sentences, what they offer, whom they want to meet) and collect endorsements from friends. That "
        "evening: "
        "bring friends to warm up, introduce, 30 minutes of sharing, endorsements, questions collected and ranked "
        "beforehand, then ask for new contacts. Next day post the best points and ask who should be next, so that days "
        "without an event have something to talk about."
    ),
    "cold-start": (
        "Treat the first ten as founders, not as an audience. List those who have spoken lately and talk to each in "
        "private: why they came, what they can do, what they want. Give each a place (starts talks, answers, welcomes, "
        "takes notes) and write it into the notice. Set one goal all share, with public progress. For two weeks one of "
        "them starts a conversation a day and the others join within ten minutes. Grow only once a fifth of those who "
        "speak do so on three days of seven."
    ),
    "newcomer-welcome": (
        "Answer today everybody who is still waiting: by name, to what they said, with one easy question back. From "
        "now "
        "on each newcomer gets a kit within a minute (what the group is for, rules, who is who, a first small thing to "
        "do), introduces themselves in the form of the previous card, is picked up that day by a member on duty, and "
        "is "
        "introduced to one person of the same city or trade. Look at the list every evening: who has waited 24 hours "
        "is "
        "answered by the owner in person."
    ),
    "weekly-feedback-day": (
        "Hold a feedback day each week. First post every open question and answer them one by one; for those you "
        "cannot, say who will, and when. Then route questions: keep a list of who knows what, call that person by "
        "name, "
        "credit them in public; after two hours the member on duty answers. On the day, members judge what was done "
        "this week, the makers answer on the spot, and what is adopted carries the name of who proposed it. Post less "
        "by "
        "the clock, and ask somebody in particular each time."
    ),
    "win-back-silent": (
        "Find out who is silent and why they came: three questions of choice (what do you want, when do you read, how "
        "would you take part), one reminder. Treat them by kind: who came for a gift gets it after staying and doing "
        "one thing; the busy get a digest each week; those who only watch get votes and either-or questions. Write to "
        "twenty in private and say what lately concerns them. Cash does not move the wealthy; try small before going "
        "wide."
    ),
    "team-up": (
        "Spread the load. Thank those who carry the group in public, and ask each to lead one small thing. Publish "
        "three "
        "to five tasks worth doing in themselves (read a book, walk a route, solve one member's problem), recruit "
        "captains, let people sign up by a chain in chat, five to eight a team, and publish progress daily. Captains "
        "report in turn, so that others speak. Do it only after about five spotlights and with daily messages back, or "
        "nobody will sign up."
    ),
    "six-step-promotion": (
        "Stop selling for two weeks and put the order right: persona, structure, gather, warm up, build up, sell. "
        "Collect twenty real needs, solve five in public and show the result; let users tell how they use it and what "
        "is wrong with it. After that every offer stands behind four useful or lively posts. Never sell in a group's "
        "first seven days. Turn a pitch into a question to a member who knows (“how would you choose?”). Check the "
        "share of selling each week; above the ceiling, pause until the next."
    ),
    "split-by-region": (
        "Split by city, interest or existing circle into groups of 50 to 150: smaller is better known. Look at the "
        "network first; people with strong ties stay together. Find two volunteers to lead each new group, then "
        "invite; people join by saying yes, nobody is pulled in. Keep the old group for notices and large events. In "
        "the first two weeks each new group runs one chain of introductions and one spotlight."
    ),
    "invitation-race": (
        "Check four things first: ties, quality, trust, benefit; mend the missing one. Then run a race: three short "
        "windows in a week (say 8 to 9 in the evening), a code of their own for each inviter, a threshold and one "
        "sentence on why they come for each newcomer; both sides gain, the top three more, ranks announced at once. "
        "Pay "
        "out after the newcomer has stayed seven days and spoken. Have people ready to welcome them that night, or "
        "they will not stay."
    ),
    "meetup": (
        "Meet once, and open the circle. Choose the city with most members, 20 to 40 people, shared cost; on sign-up "
        "everybody writes whom they want to meet. Draw tables by lot, with those who always talk apart; each takes "
        "three "
        "labels and meets five people they never spoke with. Before the end agree who prepares the next; post photos "
        "and who met whom that night. Ask each of the circle to open a topic with somebody who seldom speaks."
    ),
    "challenge-100": (
        "Turn homework into something small people can do. Stop tasks about your own product; ask what people would do "
        "every day (20 pages, one sentence, ten thousand steps), vote for one, and do it for 100 days: a fixed "
        "cut-off, "
        "text or photo, streaks in public, two make-up days a month, a real reward at the end. Anything to hand in "
        "comes "
        "at most once a week, in teams, with the best shown and discussed next day. Add more only when half of those "
        "who "
        "once handed in are back."
    ),
    "crisis": (
        "Listen first. Sort today's complaints into at most three matters and talk in private with one person of each: "
        "what happened, what they want. Then one public answer in plain words: what happened, what was wrong, who is "
        "on "
        "it, when you will be back, with true records; and be back by then. Ask willing old members to say openly what "
        "they think; never use fake accounts. Stop selling and events for these days. Afterwards review in public and "
        "say what will change."
    ),
    "camp-farewell": (
        "End with a ceremony. A week ahead announce the date and a show of results: everybody hands in the piece they "
        "like best and one sentence. On the last night thank people by name, with certificates and real rewards. Offer "
        "what comes next: an alumni group or the next camp, by their own choice, nobody pulled in. Agree to meet again "
        "in a month, then close the group rather than let it become an advertising board."
    ),
}
