"""The book in English: states, signs, reasons, gaps. Findings are in `findings_en`, page words in `label_en`."""

from huoqun.chat import refusal
from huoqun.web import findings_en, label_en
from huoqun.web.book import Book, Sign

SIGNS = {
    "pulse": Sign(
        "Messages a day (7 days)",
        "Mean of the last 7 days. Fewer messages do not mean a dead group; read it with the number of people who "
        "speak.",
    ),
    "pulse_of_best": Sign("Of its best week", "The mean of the last 7 days over that of the group's own best 7 days."),
    "speakers": Sign("Speakers in 7 days", "How many different people spoke in the last 7 days."),
    "speaking_share": Sign("Share that spoke in 7 days", "People who spoke in the last 7 days over all members."),
    "event_dependence": Sign(
        "Messages around events",
        "Share of 90 days' messages that fall around events. Too high: without events nobody speaks.",
    ),
    "concentration": Sign(
        "Top fifth's share",
        "What the most talkative fifth wrote in 90 days. Very high: a few carry it. Very low: there is no core.",
    ),
    "gini": Sign("Inequality of talk (Gini)", "0: all write alike; 1: one person writes everything."),
    "owner_dependence": Sign(
        "Dependence on the owner",
        "What goes with the owner: the mean of the lost share of conversation starts and of tie strength.",
    ),
    "strong_tie_share": Sign(
        "People with a strong tie",
        "Of those who spoke in 90 days, who has a strong tie: returned, and of more than one kind or strength.",
    ),
    "newcomer_welcome": Sign(
        "Newcomers answered",
        "Newcomers of 90 days whose first message was answered in 24 hours (in newcomer groups: one hour).",
    ),
    "newcomer_voice": Sign("Joined and spoke in a week", "People who joined in 90 days and spoke within 7 days."),
    "answer_rate": Sign(
        "Questions answered",
        "Share of 90 days' questions that were answered. What is a question and an answer is inferred.",
    ),
    "answer_minutes": Sign("Time to an answer", "Median wait of the questions that were answered."),
    "cadence": Sign("Days between activities", "Between marked activities in the last 90 days."),
    "retention_week_1": Sign("Back after a week", "People first seen who spoke again on days 7–13."),
    "retention_week_4": Sign("Back after four weeks", "People first seen who spoke again on days 28–34."),
    "leave_rate": Sign("Left in 30 days", "Members who left or were removed in 30 days, over members."),
    "mood": Sign(
        "Unhappy messages",
        "Share of the last 28 days' messages that are unhappy, by word list and model. Read the trend, not the "
        "message.",
    ),
    "owner_presence": Sign(
        "Days the owner spoke",
        "Share of the last 28 days. Always there loses authority; long away loses weight.",
    ),
    "owner_voice": Sign("Owner's share of messages", "In the last 28 days."),
    "promotion_load": Sign("Share that sells", "Staff messages of 90 days that sell something."),
    "first_sale_days": Sign(
        "Days to the first sale",
        "From the founding to the first message of staff that sells. Under 7 is too early.",
    ),
    "response": Sign(
        "Survey response",
        "Of those asked in the newest survey, who answered. 56 of 330 (17 %) meant that people were not engaged.",
    ),
    "owner_known": Sign(
        "Know the owner",
        "Of those who said whom they know, who knows the owner. Far above the next one: the acquaintance is one-sided.",
    ),
    "owner_knows": Sign("Known by the owner", "Of all members, whom the owner said to know."),
}

REASONS = {
    "size": "{value:n} people spoke in 90 days",
    "recent_speakers": "{value:%} of them spoke in the last 30 days",
    "speaker_trend": "speakers of 90 days are {value:1} times those of the 90 before",
    "peak": "speakers of 90 days are {value:1} times what is usual here",
    "record": "{value:%} of the quarters of two years had under half the speakers of the quarter before",
    "quiet_days": "the last message is {value:n} days old",
    "quiet_habit": "this silence is {value:1} times its usual longest one",
    "active_days": "somebody spoke on {value:%} of the last 90 days",
    "returning": "{value:%} of the speakers are old faces",
    "faithful": "{value:%} of those who spoke in the 90 days before spoke again",
    "newcomers": "about {value:n} new faces a month",
    "one_timers": "{value:%} wrote just one message",
    "concentration": "the top fifth writes {value:%}",
    "expected_people": "by everyone's habits, the next 90 days will see {value:%} of today's speakers",
    "age": "the history spans {value:n} days",
    "core_silence": "the five most regular people have been silent for {value:n} days on average",
    "answers": "{value:%} of messages are followed by somebody else within an hour",
    "base": "how often groups like this shrink",
}

REASONS_UNKNOWN = {
    "speaker_trend": "too little history to compare with the 90 days before",
    "faithful": "too little history to see who stayed",
    "record": "too little history to know how often this group has halved",
    "": "one thing this history cannot tell",
}

STRATUM_REASONS = {
    "brought": "brought {value:n} people in 90 days",
    "answered_by": "answered by {value:n} of {of:n} speakers",
    "days_of_week": "spoke on {value:n} of the last 7 days",
    "days_of_weeks": "spoke on {value:n} of the last 28 days",
    "seen": "spoke {value:n} days ago",
    "brought_quietly": "says nothing, but brought {value:n} people",
    "unseen": "silent for {value:n} days",
    "bot": "a bot",
}

GAPS = {
    "sequence": (
        "Numbers jump between {start} and {end}: about {missing:n} messages are missing",
        "Numbers jump: about {missing:n} messages are missing",
        "Message numbers jump",
    ),
    "days": (
        "Nothing from {start} to {end} ({missing:n} days), where people usually speak",
        "{missing:n} days are missing",
        "Whole days are missing",
    ),
    "sequence:chunks_missing": ("Parts of the export are missing",),
    "types": ("Never seen: {detail}", "Some kinds never occur"),
    "types:media": ("Not one picture or voice message; perhaps they were not exported",),
    "types:events": ("No joins or leaves, so newcomers and leavers are only partly seen",),
    "types:media,events": ("No pictures or voice messages, and no joins or leaves",),
    "names": ("{missing:n} messages have no name", "Some messages have no name"),
    "clock": ("The clock jumps back near {start}", "The clock jumps back"),
    "no_ids": ("This format has no message ids, so nothing proves that none is missing: B at best",),
    "skipped": ("{missing:n} places could not be read and were skipped", "Places that could not be read were skipped"),
    "no_ids:ids_without_order": ("Message ids have no order, so nothing proves that none is missing: B at best",),
    "clock:after_export": ("{missing:n} messages are dated after the export",),
    "clock:far_away": ("{missing:n} messages stand years away from all others (near {start})",),
    "clock:backwards": ("The clock jumps back near {start}",),
    "short": ("The history is too short to know its habits",),
    "short:beginning_missing": ("The first {missing:n} or so are missing: it does not begin with the group",),
}

GRADES = {
    "A": "Whole: numbers run on, no gap",
    "B": "Whole as far as one can see",
    "C": "Gaps; take conclusions with care",
    "D": "Many gaps; no verdict",
    "E": "Most of it is missing; no verdict",
    "F": "In pieces; no verdict",
}

FORMATS = {
    "chatlab": "ChatLab",
    "chatlog": "chatlog (WeChat)",
    "discord": "DiscordChatExporter",
    "irc": "IRC log",
    "matrix": "Matrix room export",
    "plain": "plain table (CSV)",
    "qq_exporter": "qq-chat-exporter JSON (QQ)",
    "qq_exporter_txt": "qq-chat-exporter text (QQ)",
    "qq_exporter_xlsx": "qq-chat-exporter spreadsheet (QQ)",
    "qq_txt": "QQ message manager text",
    "slack": "Slack export",
    "telegram": "Telegram Desktop JSON",
    "wechat_copy": "text copied from WeChat",
    "wechat_csv": "WeChat CSV",
    "wechat_md": "WeChat Markdown",
    "wechat_sql": "WeChat SQL",
    "wechat_txt": "WeChat text",
    "wecom": "WeCom message archive",
    "weflow": "WeFlow JSON (WeChat)",
    "whatsapp": "WhatsApp text",
    "simulated": "a simulated group",
}

SKIPS = {
    "bad_time": "unreadable time",
    "bad_json": "broken JSON",
    "bad_xml": "broken XML",
    "bad_row": "unreadable row",
    "bad_record": "unreadable record",
    "bad_type": "unreadable kind",
    "missing_field": "missing field",
    "missing_time": "no time",
    "missing_sender": "no sender",
    "too_few_columns": "too few columns",
    "too_many_columns": "too many columns",
    "not_utf8": "broken encoding",
    "no_header": "no header before it",
    "no_message": "belongs to no message",
    "too_long": "too long",
    "truncated": "the file breaks off here",
    "duplicate": "duplicate",
    "bad_quotes": "unbalanced quotes",
    "other_group": "belongs to another group",
}

NOTES = {
    "date_order_ambiguous": "Whether dates are day/month or month/day is unclear; read the way most of the file "
    "allows.",
    "names_differ": "The files call the group by different names; as they hold the same messages, "
    "they were taken for one group that was renamed.",
    "own_name_unknown": "Whoever exported has no name in the file and appears as “me”.",
    "year_guessed": "The file has no years; they were inferred from the order.",
    "files_ignored": "Some files in the bundle are not chats and were not read.",
    "zone_guessed": "The file names no time zone; the default was taken.",
    "owner_guessed": "The owner is a guess from how people talk, so nothing is concluded about the owner.",
    "minutes_only": "Times are to the minute; within one, the order of the file holds.",
    "names_only": "This format has no accounts; people are known by name, joined over announced renames.",
    "pasted_headers": "Some messages hold pasted chat that looks like headers; each was read as one message.",
    "chunks_missing": "Parts of the export are missing, see above.",
    "private_messages_ignored": "Private messages in the file were not read.",
    "date_unknown": "The file has times but no dates; the days are assumed, so do not read by date.",
    "replies_recent_only": "The history is long: who answered whom was inferred for its latest part only; before that, "
    "people who spoke one right after the other count as in touch.",
    "links_inferred": "Who answered whom is mostly inferred from time, names and words, and will sometimes be wrong.",
}

HEADLINE = {
    "living": "This group lives",
    "cooling": "This group still lives, but it is cooling",
    "at_risk": "This group is cooling",
    "dying": "This group is going down",
    "silent": "Nobody has spoken for {quiet:n} days",
    "closed": "The camp ended on its date, which is not dying",
    "empty": "Nobody has spoken in this file",
    "alone": "Only one person has spoken; this is not yet a group",
    "withheld": "Too much of the history is missing for a verdict",
    "prior": "The history is short; this is a rough guess",
    "outside": "{outside:n} messages on a day without an event",
    "outside_below": "fewer than {below:n} messages on a day without an event",
    "speakers_fall": "daily speakers are down {fall} in two months",
    "speakers_rise": "daily speakers are up {rise} in two months",
    "speakers_same": "{speakers:n} people speak a day, as they did two months ago",
    "messages_fall": "messages are at {of_best:%} of the best week",
    "messages_now": "{now:n} messages a day",
    "evidence_fall": "Messages fell from {best:n} a day in the best week to {now:n}",
    "evidence_now": "{now:n} messages a day last week; {best:n} in the best week",
    "evidence_speakers": "daily speakers went from {speakers_before:n} to {speakers:n}",
    "evidence_event": "an event brings {peak:n}, then it is {outside:n} again",
    "evidence_quiet": "the last message is {quiet:n} days old",
    "evidence_prior": (
        "The history has {days:n} days and {messages:n} messages; the chances below come from similar groups "
        "and are wide"
    ),
    "evidence_grade": (
        "The history is graded {grade}, and what is missing may change the conclusion; "
        "bring in a complete export and look again"
    ),
    "evidence_camp": "Silence after the end is normal; see where those who finished went",
    "evidence_empty": "Check that the right group and period were exported, and bring the file in again",
    "and": ", ",
    "lead": "{lead}: {facts}.",
    "plain": "{facts}.",
    "most": "{percent}",
    "tenths": "{percent}",
    "half": "half",
    "double": "by more than double",
    "little": "a little",
    "digits": "",
}

BOOK = Book(
    lang="en",
    states={
        "living": "Living",
        "at_risk": "At risk",
        "dying": "Going silent",
        "withheld": "No verdict",
    },
    stages={
        "cold_start": "cold start",
        "growing": "growing",
        "active": "active",
        "declining": "declining",
        "silent": "silent",
        "closed": "closed",
    },
    types={
        "lead_pond": "lead pond",
        "newcomer": "newcomer group",
        "camp": "training camp",
        "core": "core users",
        "benefits": "benefits",
        "word_of_mouth": "word-of-mouth",
        "learning": "learning",
        "interest": "interest",
        "relationship": "relationship",
        "supply_demand": "supply and demand",
        "feedback": "product feedback",
        "regional": "regional",
        "staff": "internal staff",
    },
    networks={
        "wechat": "WeChat",
        "wecom": "WeCom",
        "qq": "QQ",
        "telegram": "Telegram",
        "discord": "Discord",
        "whatsapp": "WhatsApp",
        "slack": "Slack",
        "matrix": "Matrix",
        "feishu": "Feishu",
        "dingtalk": "DingTalk",
        "irc": "IRC",
        "other": "Other network",
    },
    formats=FORMATS,
    strata={
        "kol": "KOL",
        "core": "core",
        "regular": "regular",
        "word_of_mouth": "word-of-mouth",
        "silent": "silent",
        "away": "not yet or no longer there",
        "owner": "owner",
    },
    signs=SIGNS,
    causes=findings_en.CAUSES,
    methods=findings_en.METHODS,
    reasons=REASONS,
    reasons_unknown=REASONS_UNKNOWN,
    stratum_reasons=STRATUM_REASONS,
    probabilities={
        "probability_half_90d": "speakers halve",
        "probability_third_90d": "under a third left",
        "probability_silent_90d": "nobody speaks",
    },
    gaps=GAPS,
    grades=GRADES,
    skips=SKIPS,
    notes=NOTES,
    refusals=refusal.SENTENCES,
    withheld={
        "completeness": "The history is graded below B; what is missing may change the conclusion.",
        "empty": "Nobody has spoken yet; there is nothing to judge.",
        "closed": "The camp is past its end; whether it lives is no longer the question.",
    },
    ties={
        "reply": "replies",
        "mention": "mentions",
        "quote": "quotes",
        "turn": "turns",
        "known": "said to know",
        "shared": "did together",
    },
    trends={"rising": "rising", "falling": "falling", "steady": "steady"},
    sign_states={"good": "normal", "low": "below normal", "high": "above normal", "unknown": "nothing to compare with"},
    ranges={
        "group-lives": "Normal range from {channels} channels over {years} years of a real public community",
        "handbook": "Normal range from operators' experience",
        "operator": "Normal range set by you",
        "default": "The normal range is a starting value without data behind it; you can change it",
        "own best": "Compared with this group's own best",
    },
    headline=HEADLINE,
    label=label_en.LABEL,
    weekdays=("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    joint="; ",
    stop=".",
)
