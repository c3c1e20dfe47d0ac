"""WeChat: the CSV files of the common export tools, in four layouts told apart by their headings.

    a  id,MsgSvrID,type_name,is_sender,talker,room_name,content,CreateTime
       2,7000000000000000002,文本,1,我,9@chatroom,"{""msg"": ""早"", ""src"": ""x""}",2024-01-02 03:04:05
    b  id,MsgSvrID,type_name,is_sender,talker,room_name,msg,src,CreateTime
       7,7000000000000000007,文本,0,wxid_a,9@chatroom,今天谁分享,,2024/1/2 3:04             went through Excel
    c  id,MsgSvrID,type_name,is_sender,talker,msg,src,CreateTime
       1,9001,text,0,Alice,hello,,2024-01-02T03:04:05.000Z                                  UTC; names for ids
    d  localId,TalkerId,Type,SubType,IsSender,CreateTime,Status,StrContent,StrTime,Remark,NickName,Sender
       1854663,217,1,0,1,1704135845,,你好,2024-01-02 03:04:05,备注甲,昵称甲,wxid_a          seconds; XML in StrContent

`MsgSvrID` is WeChat's own id of a message, unless Excel has made `7E+18` of it. A quoting message ends in
`[引用](2024-01-02 03:04:05)昵称:…` (a to c) or is XML (d); the time and the words of the quoted one lead to it. One's
own messages may be signed `我`: then `own_name_unknown` is noted.
"""

import re
from dataclasses import replace
from functools import partial

import polars as pl

from huoqun.chat import grid
from huoqun.chat import zone as clock
from huoqun.chat.draft import epoch
from huoqun.chat.formats.wechat_cell import apps, kinds, quotes, unpacked, without_xml
from huoqun.chat.key import with_keys
from huoqun.chat.message import Chat, Kind, Skipped
from huoqun.chat.reported import told
from huoqun.chat.rows import build, members, plausible, with_events
from huoqun.chat.source import Source
from huoqun.chat.stamp import stamps

NAME = "wechat_csv"

_LAYOUTS = {
    "a": "id,MsgSvrID,type_name,is_sender,talker,room_name,content,CreateTime",
    "b": "id,MsgSvrID,type_name,is_sender,talker,room_name,msg,src,CreateTime",
    "c": "id,MsgSvrID,type_name,is_sender,talker,msg,src,CreateTime",
    "d": "localId,TalkerId,Type,SubType,IsSender,CreateTime,Status,StrContent,StrTime,Remark,NickName,Sender",
}
_SIGNED_ME = "我"


def recognises(source: Source) -> bool:
    """The first line is one of the four headings."""
    return _layout(source) is not None


def _layout(source: Source) -> str | None:
    first = source.head.partition("\n")[0].replace('"', "").strip()
    return next((layout for layout, heading in _LAYOUTS.items() if first == heading), None)


def read(source: Source, *, zone: str | None) -> list[Chat]:
    """The groups of the file: one for each `room_name`, else one."""
    layout = _layout(source)
    if layout == "d":
        table = grid.read(source.data, "StrTime", _of_d)
    else:
        table = grid.read(source.data, "CreateTime", partial(_of_abc, layout=layout or "b"))
    named, zone_source = clock.choose(zone)
    draft, notes = _timed(table.frame)
    bad = draft.filter(~plausible(_clock(draft)))["line"]
    skipped = table.skipped + tuple(Skipped(line, "bad_time") for line in bad)
    if bad.len():
        draft = draft.filter(plausible(_clock(draft)))
    if draft["own_unknown"].any():
        notes.append("own_name_unknown")
    chat = Chat(
        format=f"{NAME}.{layout}",
        network="wechat",
        group=source.stem,
        group_id=None,
        zone=named,
        zone_source=zone_source,
        exported_at=None,
        has_ids=True,
        rows=build(draft.clear(), named),
        skipped=tuple(sorted(skipped, key=lambda place: place.line)),
        notes=tuple(notes),
    )
    rooms = draft["room"].unique(maintain_order=True).to_list()
    found = re.search(r"\((\d+@chatroom)\)", source.name)
    if len(rooms) < 2:
        return [_group(replace(chat, group_id=rooms[0] if rooms and rooms[0] else found and found[1]), draft)]
    parts = draft.partition_by("room", maintain_order=True)
    first = _group(replace(chat, group=rooms[0] or source.stem, group_id=rooms[0]), parts[0])
    others = zip(rooms[1:], parts[1:], strict=True)
    return [first, *(_group(replace(chat, group=room or "", group_id=room, skipped=()), part) for room, part in others)]


def _clock(draft: pl.DataFrame) -> str:
    return "time" if "time" in draft.columns else "local"


def _of_abc(frame: pl.DataFrame, layout: str) -> pl.DataFrame:
    text = unpacked(frame["content"]) if layout == "a" else frame["msg"]
    own = pl.col("is_sender").str.strip_chars() == "1"
    unsigned = (pl.col("talker").fill_null("") == "") | (pl.col("talker") == _SIGNED_ME)
    sender = pl.when(own & unsigned).then(pl.lit(_SIGNED_ME)).otherwise("talker")
    number = pl.col("MsgSvrID").str.strip_chars()
    return frame.select(
        "line",
        stamp="CreateTime",
        key=pl.when(number.str.contains(r"^\d+$") & (number != "0")).then(number),
        sequence=pl.col("id").cast(pl.Int64, strict=False),
        sender=sender,
        name=sender,
        kind=kinds(frame["type_name"]),
        text=text.fill_null(""),
        room=pl.col("room_name") if "room_name" in frame.columns else pl.lit(None, pl.String),
        own=own.fill_null(False),
        own_unknown=(own & unsigned).fill_null(False),
    )


def _of_d(frame: pl.DataFrame) -> pl.DataFrame:
    own = (pl.col("IsSender").str.strip_chars() == "1").fill_null(False)
    signed = pl.when(pl.col("Sender").fill_null("") != "").then("Sender")
    called = pl.coalesce(*(pl.when(pl.col(c).fill_null("") != "").then(c) for c in ("NickName", "Remark")), signed)
    me = pl.when(own).then(pl.lit(_SIGNED_ME))
    draft = frame.select(
        "line",
        stamp="CreateTime",
        wall="StrTime",
        key=pl.lit(None, pl.String),
        sequence=pl.col("localId").cast(pl.Int64, strict=False),
        sender=pl.coalesce(signed, called, me),
        name=pl.coalesce(called, signed, me),
        type=pl.col("Type").str.strip_chars().cast(pl.Int64, strict=False),
        sub=pl.col("SubType").str.strip_chars().cast(pl.Int64, strict=False),
        text=pl.col("StrContent").fill_null(""),
        room=pl.lit(None, pl.String),
        own=own,
        own_unknown=own & signed.is_null(),
    )
    return apps(draft)


def _timed(draft: pl.DataFrame) -> tuple[pl.DataFrame, list[str]]:
    """The draft with `time` or `local`; null where the stamp is none."""
    stamp = draft["stamp"].str.strip_chars()
    draft = draft.drop("stamp")
    if "wall" in draft.columns:
        time = epoch(stamp.cast(pl.Float64, strict=False))
        return draft.drop("wall").with_columns(time=time), []
    for style, column in (("%Y-%m-%d %H:%M:%S", "local"), ("%Y-%m-%dT%H:%M:%S%.fZ", "time")):
        times = stamp.str.to_datetime(style, time_unit="us", strict=False)
        if not times.null_count():
            return draft.with_columns(times.alias(column)), []
    read_ = stamps(stamp)
    notes = ["date_order_ambiguous"] if read_.ambiguous else []
    if read_.time is not None:
        return draft.with_columns(time=read_.time), notes
    assert read_.local is not None
    return draft.with_columns(local=read_.local), notes


def _group(chat: Chat, draft: pl.DataFrame) -> Chat:
    """The chat with its rows, people and resolved quotes."""
    if draft["text"].str.contains("\r\n", literal=True).any():
        draft = draft.with_columns(pl.col("text").str.replace_all("\r\n", "\n", literal=True))
    draft = quotes(without_xml(draft), chat.zone)
    notices = pl.col("kind").is_in(["system", "recall"])
    people = (
        draft.lazy()
        .filter(~notices & pl.col("sender").is_not_null())
        .group_by("sender", maintain_order=True)
        .agg(pl.col("name").last(), pl.col("name").unique(maintain_order=True).alias("names"), pl.col("own").any())
        .collect()
    )
    me = next(iter(people.filter("own")["sender"]), None)
    known = {name: sender for sender, _, names, _ in people.iter_rows() for name in names if name}
    events = _events(draft.filter(notices), known, me)
    columns = ["line", _clock(draft), "key", "sequence", "sender", "name", "kind", "text", "subject"]
    columns += ["quoted_at", "quoted"]
    draft = draft.with_columns(pl.col("kind").cast(Kind), subject=pl.lit(None, pl.String)).select(columns)
    both = with_events(draft, events.select(columns))
    ids = people["sender"].to_list()
    listed = members(
        ids, people["name"].to_list(), None, [[n for n in ns if n and n != last] for _, last, ns, _ in people.rows()]
    )
    rows = build(both, chat.zone)
    full = replace(chat, rows=rows, members=listed, moments=_clock(draft) == "time")
    asked = both.drop_nulls("quoted_at")
    return _answering(full, asked) if asked.height else full


def _events(notices: pl.DataFrame, known: dict[str, str], me: str | None) -> pl.DataFrame:
    """The notices as events. One may let in several people: the rows after the first get keys of their own.

    A recall is done by whom the row names as its talker, where its words name nobody known.
    """
    nth = pl.int_range(pl.len()).over("line")
    talker = notices.select(
        "line", talker=pl.when(~pl.col("sender").str.contains("@chatroom|^(?:系统消息)?$")).then("sender")
    )
    events = told(notices, known, me).join(talker, on="line", how="left", maintain_order="left")
    strange = ~pl.col("sender").is_in(list({*known.values(), me} - {None})) | pl.col("sender").is_null()
    by_talker = (pl.col("kind") == "recall") & strange & pl.col("talker").is_not_null()
    return events.with_columns(
        key=pl.when(nth > 0).then(pl.format("{}#{}", "key", nth)).otherwise("key"),
        sender=pl.when(by_talker).then("talker").otherwise("sender"),
        name=pl.when(by_talker).then(pl.coalesce("name", "talker")).otherwise("name"),
    )


def _answering(chat: Chat, asked: pl.DataFrame) -> Chat:
    """The chat with `reply_to` where a quote names the second and the words of exactly one earlier message."""
    chat = with_keys(chat)
    rows = chat.rows
    step = "1m" if not (rows["local"].dt.second() != 0).any() else "1s"  # Excel drops the seconds of all but the quotes
    target = rows.filter(pl.col("sender").is_not_null()).select(
        quoted_at=pl.col("local").dt.truncate(step), words=pl.col("text").str.slice(0, 20), target="key"
    )
    wanted = asked.select("line", pl.col("quoted_at").dt.truncate(step), "quoted")
    pairs = wanted.join(target, on="quoted_at", how="inner").with_columns(
        same=pl.col("quoted").str.starts_with(pl.col("words")) & (pl.col("words") != ""), n=pl.len().over("line")
    )
    sure = pairs.filter(pl.col("same") | (pl.col("n") == 1)).sort("same", descending=True).unique("line", keep="first")
    rows = rows.join(sure.select("line", "target"), on="line", how="left", maintain_order="left")
    return replace(chat, rows=rows.with_columns(reply_to=pl.coalesce("reply_to", "target")).drop("target"))
