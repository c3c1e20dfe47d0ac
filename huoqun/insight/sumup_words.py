"""The words of a summing up: one line for each thing said, under its head, ready to be put into a group."""

from collections.abc import Sequence

from huoqun.insight.sumup import Line, Sum

HEADS = {
    "zh": (
        "{people} 个人说了 {messages} 句",
        "大家接得最多的",
        "定下来的事",
        "分享的链接",
        "还没人接的问题",
        "新来的朋友",
        "、",
    ),
    "en": (
        "{people} people, {messages} messages",
        "Most taken up",
        "What was decided",
        "Links",
        "Questions still open",
        "New here",
        ", ",
    ),
}
"""By language: the first line, what stands over each part, and what stands between names."""


def in_words(found: Sum, language: str) -> str:
    """The text of it, in one of `HEADS`."""
    first, *heads, newcomers, between = HEADS[language]
    parts = [first.format(people=found.people, messages=found.messages)]
    for head, lines in zip(heads, (found.posts, found.decisions, found.links, found.questions), strict=True):
        if lines:
            parts.append("\n".join([head, *_listed(lines)]))
    if found.newcomers:
        parts.append(f"{newcomers}\n· {between.join(found.newcomers)}")
    return "\n\n".join(parts)


def _listed(lines: Sequence[Line]) -> list[str]:
    return [f"· {line.who}: {line.text}" + (f" (+{line.taken_up})" if line.taken_up else "") for line in lines]
