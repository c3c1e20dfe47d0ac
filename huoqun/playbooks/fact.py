"""The facts that conditions ask for and words may name: one line each. `playbooks/sensing` reads them of a run."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Fact:
    """A number of a group, or of what a run has opened in it."""

    id: str
    zh: str
    en: str
    share: bool = False
    """Shown as a percentage."""


FACTS: dict[str, Fact] = {
    fact.id: fact
    for fact in (
        Fact("day", "执行到第几天", "day of the run"),
        Fact(
            "pulse", "近 7 天日均消息与执行前 28 天之比", "messages a day in 7 days against the 28 before the run", True
        ),
        Fact("speakers", "近 7 天发言人数与执行前每周之比", "speakers of 7 days against a week before the run", True),
        Fact("messages_7", "近 7 天消息数", "messages in 7 days"),
        Fact("speakers_7", "近 7 天发言人数", "people who spoke in 7 days"),
        Fact("members", "成员数", "members"),
        Fact("speaking", "近 7 天发言人数占成员", "share of members who spoke in 7 days", True),
        Fact("newcomers_7", "近 7 天新成员", "people who joined in 7 days"),
        Fact(
            "welcomed", "近 7 天新人首条消息 24 小时内有人接的比例", "first words of newcomers answered in 24 h", True
        ),
        Fact("regulars", "7 天里有 3 天发言的人占发言人数", "of those who spoke, share that did on 3 days of 7", True),
        Fact(
            "owner_starts", "近 7 天由群主起的话头占比", "share of conversations of 7 days that the owner began", True
        ),
        Fact("negative", "近 24 小时消息中带不满的比例", "share of messages of 24 hours that are negative", True),
        Fact("unanswered", "等待回答的问题", "questions that wait for an answer"),
        Fact("ties", "人均关系数", "ties of a member"),
        Fact("answered", "问卷回收率", "share of those asked who answered the survey of the run", True),
        Fact("answers", "问卷份数", "answers to the survey of the run"),
        Fact("took_part", "参加最近一个活动的人数", "people who took part in the run's newest activity"),
        Fact("finished", "最近一个活动的完成率", "share of those who took part that finished it", True),
        Fact("volunteers", "愿意带队或轮值的人数", "members who offered to lead or to take a duty"),
        Fact("needs", "收集到的需求", "needs that were collected"),
        Fact("needs_solved", "已解决的需求", "needs that were solved"),
        Fact("spotlights", "已办的能人秀", "spotlights that were held in the run"),
        Fact("said", "本次执行已说的话", "messages of the run that were said"),
        Fact("signed_up", "报名最近一个活动的人数", "people who signed up for the run's newest activity"),
        Fact("shown", "群里办过的能人秀", "spotlights ever held in the group"),
        Fact("recovered", "群已恢复（1 是，0 否）", "the group lives, or its week has twice its weakest (1 yes, 0 no)"),
    )
}
