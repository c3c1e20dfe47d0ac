"""The notice: a line by which a network reports something (joined, left, renamed, recalled …), told apart by its words.

WeChat, WeCom, QQ and their exporters write these lines in Chinese or English without saying which kind they are.
`classify` turns rows of the draft kind `notice` into events: the kind, whom it happened to (`subject`) and, for
renames, the name borne from then on (`name`; who is renamed is the `sender`, too). A line that lets several people in
becomes one row for each.
"""

import re
from dataclasses import dataclass

import polars as pl

_Q = r"[\"“”「『'‘’]"
"""Quotation marks around names. WeChat uses “ ” or \" depending on version."""
_ANY = rf"{_Q}?(?P<who>.+?){_Q}?"

_PATTERNS: tuple[tuple[str, str], ...] = (
    ("recall", r"撤回了?(?:一条|成员|.{0,40}的)?.{0,20}消息|recalled a message|(?:deleted|unsent) (?:a|this) message"),
    ("red_packet_opened", r"(?:领取|领)了.{0,40}红包|opened .{0,60}red packet|红包已被领完"),
    ("group_rename", r"(?:修改|更改|变更|改)了?(?:群名称?|群聊名称|群聊名)为|群名(?:称)?(?:已)?(?:修改|更改|变更)为"),
    ("group_rename", r"changed the (?:group|room|channel) name|renamed (?:the|this) (?:group|channel)"),
    (
        "rename",
        rf"^{_ANY}\s*(?:修改|更改|将|把)(?:了)?(?:自己的|他的|她的)?(?:群)?(?:昵称|名片|群名片|备注|名字)(?:修改|更改|改)?(?:为|成|:|：)\s*{_Q}?(?P<new>.+?){_Q}?$",
    ),
    ("rename", rf"^{_ANY}\s*(?:已)?(?:改名|更名|改昵称)(?:为|成)\s*{_Q}?(?P<new>.+?){_Q}?$"),
    (
        "rename",
        rf"^{_ANY} (?:is now known as|changed (?:their|his|her) (?:display |nick)?name to) {_Q}?(?P<new>.+?){_Q}?\.?$",
    ),
    ("remove", rf"^.*?(?:将|把){_Q}?(?P<who>.+?){_Q}?(?:移出|踢出)了?(?:群聊|本群|群)"),
    ("remove", rf"^{_ANY}(?:已)?被.{{0,60}}(?:移出|踢出|移除)(?:了)?(?:群聊|本群|群)"),
    ("remove", rf"^.*? removed {_Q}?(?P<who>.+?){_Q}? from the (?:group|chat|room)"),
    ("join", rf"^.*?邀请(?:了)?{_Q}?(?P<who>.+?){_Q}?(?:加入|进入)了?(?:群聊|本群|群|讨论组|多人聊天)"),
    ("join", rf"^{_ANY}\s*(?:已)?通过.{{0,80}}(?:加入|进入|进)了?(?:群聊|本群|群)"),
    ("join", rf"^{_ANY}\s*(?:已)?(?:加入|进入)了?(?:群聊|本群|该群|群|讨论组|多人聊天)"),
    ("join", rf"^.*? invited {_Q}?(?P<who>.+?){_Q}? to (?:the |this )?(?:group|chat|room)"),
    ("join", rf"^{_ANY} (?:has )?joined(?: the| this)? ?(?:group|chat|room|via|$)"),
    ("leave", rf"^{_ANY}\s*(?:已)?(?:退出|离开)了?(?:群聊|本群|该群|群|讨论组|多人聊天)"),
    ("leave", rf"^{_ANY} (?:has )?left(?: the| this)? ?(?:group|chat|room|$)"),
    ("pin", r"置顶了|设为(?:群)?精华|设置?(?:成|为)了?精华|pinned a message"),
)
_COMPILED = tuple((kind, re.compile(pattern)) for kind, pattern in _PATTERNS)
_LIST = re.compile(rf"{_Q}?[、,，]{_Q}?")
_LONGEST = 300
"""Longer lines are not notices of a network; they stay `system` and are not searched."""


@dataclass(frozen=True)
class Notice:
    """What a line reports."""

    kind: str
    subjects: tuple[str, ...] = ()
    new_name: str | None = None


def notice(text: str) -> Notice:
    """What the line reports; kind `system` where its words are not known."""
    line = " ".join(text.split())
    if len(line) > _LONGEST:
        return Notice("system")
    for kind, pattern in _COMPILED:
        if found := pattern.search(line):
            named = found.groupdict()
            who = (named.get("who") or "").strip()
            if kind == "join":
                return Notice(kind, tuple(w for w in (p.strip() for p in _LIST.split(who)) if w) if who else ())
            return Notice(kind, (who,) if who else (), named.get("new"))
    return Notice("system")


def classify(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows (`kind` a string, `text`, `sender`, `subject`, `name`, `key`) with every `notice` row told apart."""
    lines = rows.filter(pl.col("kind") == "notice").select("text").unique()
    found = [(text, notice(text or "")) for text in lines["text"].to_list()]
    known = [(t, n.kind, n.subjects or (None,), n.new_name) for t, n in found]
    if not known:
        return rows
    table = pl.DataFrame(
        known,
        schema={"text": pl.String, "_kind": pl.String, "_who": pl.List(pl.String), "_new": pl.String},
        orient="row",
    ).with_columns(pl.lit("notice").alias("kind"))
    number = pl.int_ranges(pl.col("_who").list.len())
    return (
        rows.join(table, on=["kind", "text"], how="left", nulls_equal=True, maintain_order="left")
        .with_columns(pl.col("_who").fill_null([None]))
        .with_columns(number.alias("_nth"))
        .explode("_who", "_nth")
        .with_columns(
            pl.coalesce("_kind", "kind").alias("kind"),
            pl.coalesce("subject", "_who").alias("subject"),
            pl.coalesce("_new", "name").alias("name"),
            pl.when(pl.col("_kind") == "rename")
            .then(pl.coalesce("sender", "_who"))
            .otherwise("sender")
            .alias("sender"),
            pl.when(pl.col("_nth") > 0).then(pl.format("{}#{}", "key", "_nth")).otherwise("key").alias("key"),
        )
        .drop("_kind", "_who", "_new", "_nth")
    )
