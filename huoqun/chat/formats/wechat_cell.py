"""WeChat's cells: what stands in a message's cell of the CSV layouts: JSON, XML, quotes, names of kinds."""

import html
import re

import msgspec
import polars as pl

_KINDS = (
    ("撤回", "recall"), ("revoke", "recall"), ("recall", "recall"), ("系统", "system"), ("system", "system"),
    ("引用", "text"), ("quote", "text"), ("reply", "text"), ("回复", "text"), ("聊天记录", "forward"),
    ("合并转发", "forward"),
    ("forward", "forward"), ("merge", "forward"), ("小程序", "share"), ("视频号", "share"), ("音乐", "share"),
    ("mini", "share"), ("music", "share"), ("channel", "share"), ("红包", "red_packet"), ("red", "red_packet"),
    ("转账", "transfer"), ("transfer", "transfer"), ("拍一拍", "poke"), ("pat", "poke"), ("poke", "poke"),
    ("通话", "call"), ("call", "call"), ("voip", "call"), ("表情", "sticker"), ("emoji", "sticker"),
    ("sticker", "sticker"), ("图片", "image"), ("image", "image"), ("photo", "image"), ("语音", "voice"),
    ("voice", "voice"), ("audio", "voice"), ("视频", "video"), ("video", "video"), ("文件", "file"), ("file", "file"),
    ("位置", "location"), ("location", "location"), ("名片", "contact"), ("card", "contact"), ("contact", "contact"),
    ("链接", "link"), ("link", "link"), ("图文", "link"), ("投票", "poll"), ("接龙", "text"), ("公告", "text"),
    ("文本", "text"), ("text", "text"), ("app", "link"),
)  # fmt: skip
"""What a type's name holds, in Chinese or English, and the kind it means; the first that fits."""

_TYPES = {1: "text", 3: "image", 34: "voice", 42: "contact", 43: "video", 47: "sticker", 48: "location", 50: "call",
          62: "video", 66: "contact", 10000: "system", 10002: "system"}  # fmt: skip
_APPS = {
    **dict.fromkeys((1, 53, 57, 87), "text"),
    **dict.fromkeys((4, 5), "link"),
    **dict.fromkeys((6, 74), "file"),
    **dict.fromkeys((8, 15), "sticker"),
    17: "location",
    **dict.fromkeys((19, 40), "forward"),
    **dict.fromkeys((3, 24, 33, 36, 51, 63, 92), "share"),
    62: "poke",
    2000: "transfer",
    **dict.fromkeys((2001, 2003), "red_packet"),
}
"""SubType of Type 49 (and what stands in `<type>` of its XML)."""
_MEDIA = ("image", "voice", "video", "sticker")
_BARE = r"^(?:\[?(?:图片|语音|视频|动画表情|表情)\]?|[\w./\\-]+\.(?:jpg|png|gif|dat|mp4|mp3|silk|amr))?$"
_QUOTE = r"(?s)^(.*?)\s*\[引用\]\((\d{4}[-/]\d{1,2}[-/]\d{1,2} \d{1,2}:\d{2}(?::\d{2})?)\)(.*)$"
_ENTITIES = {"&lt;": "<", "&gt;": ">", "&quot;": '"', "&apos;": "'", "&#39;": "'", "&#x20;": " ", "&#x0A;": "\n"}


class _Content(msgspec.Struct):
    msg: str | None = ""
    src: str | None = ""


def kinds(names: pl.Series) -> pl.Series:
    """The kind behind each name of a type; unknown names are `other`, no name is text."""
    different = names.unique()
    found = [_kind(name or "文本") for name in different.to_list()]
    return names.replace_strict(different, pl.Series(found, dtype=pl.String), return_dtype=pl.String)


def _kind(name: str) -> str:
    low = name.lower()
    return next((kind for piece, kind in _KINDS if piece in low), "other")


_WRAPPED = (('{"src": "", "msg": "', '"}'), ('{"msg": "', '", "src": ""}'))
"""What stands around the words of a JSON cell where nothing in them is escaped and nothing is quoted."""


def unpacked(cells: pl.Series) -> pl.Series:
    """The `msg` of JSON cells; a cell that is no JSON is kept as it stands."""
    cells = cells.fill_null("")
    words = cells
    odd = pl.repeat(True, cells.len(), eager=True)
    for before, behind in _WRAPPED:
        inner = cells.str.strip_prefix(before).str.strip_suffix(behind)
        plain = (inner.str.len_bytes() + len(before) + len(behind) == cells.str.len_bytes()) & ~inner.str.contains(
            r'["\\\x00-\x1f]'
        )
        words = words.zip_with(~(odd & plain), inner)
        odd = odd & ~plain
        if not odd.any():
            return words
    return words.scatter(odd.arg_true(), _decoded(cells.filter(odd).to_list()))


def _decoded(written: list[str]) -> pl.Series:
    try:
        whole = msgspec.json.decode(("[" + ",".join(written) + "]").encode(), type=list[_Content])
        if len(whole) == len(written):
            return pl.Series([content.msg or "" for content in whole], dtype=pl.String)
    except (msgspec.MsgspecError, UnicodeError):
        pass
    return pl.Series([_one(cell) for cell in written], dtype=pl.String)


def _one(cell: str) -> str:
    try:
        return msgspec.json.decode(cell.encode(), type=_Content).msg or ""
    except (msgspec.MsgspecError, UnicodeError):
        return cell


def apps(draft: pl.DataFrame) -> pl.DataFrame:
    """The draft of layout d with `kind` from its numbers."""
    main = pl.col("type").replace_strict(_TYPES, default="other", return_dtype=pl.String)
    app = pl.col("sub").replace_strict(_APPS, default="link", return_dtype=pl.String)
    return draft.with_columns(kind=pl.when(pl.col("type") == 49).then(app).otherwise(main)).drop("type", "sub")


def without_xml(draft: pl.DataFrame) -> pl.DataFrame:
    """The draft with the words out of XML cells (title, revoked line, notice), and none left of bare media.

    `at` and `of` become the second and the words of the message that an XML cell quotes.
    """
    kind, text = draft["kind"], draft["text"]
    xml = r"^\s*(?:\w+:\n)?\s*<(?:\?xml|msg|sysmsg|revokemsg|appmsg|voipmsg|img|emoji)\b"
    place = _where(text, text.str.contains("<", literal=True), xml)
    at, of = pl.repeat(None, draft.height, dtype=pl.Int64, eager=True), None
    if place.len():
        words = [_words(*cell) for cell in zip(kind.gather(place), text.gather(place), strict=True)]
        kind = kind.scatter(place, pl.Series([now for now, *_ in words], dtype=pl.String))
        text = text.scatter(place, pl.Series([now for _, now, *_ in words], dtype=pl.String))
        at = at.scatter(place, pl.Series([second for *_, second, _ in words], dtype=pl.Int64))
        of = pl.repeat(None, draft.height, dtype=pl.String, eager=True)
        of = of.scatter(place, pl.Series([quoted for *_, quoted in words], dtype=pl.String))
    bare = _where(text, kind.is_in(_MEDIA), _BARE)
    if bare.len():
        text = text.scatter(bare, "")
    return draft.with_columns(kind, text, at=at, of=pl.lit(None, pl.String) if of is None else of)


def _where(text: pl.Series, among: pl.Series, pattern: str) -> pl.Series:
    """The places of the texts that match, looked for only `among` some."""
    place = among.fill_null(False).arg_true()
    return place.filter(text.gather(place).str.contains(pattern).fill_null(False))


def _words(kind: str, text: str) -> tuple[str, str, int | None, str | None]:
    """Kind, words, and the second and words of the quoted message of an XML cell."""
    revoked = re.search(r"<replacemsg>(.*?)</replacemsg>|<revokemsg>\s*([^<\s].*?)\s*</revokemsg>", text, re.DOTALL)
    if revoked or "revokemsg" in text[:200]:
        return "recall", _plain((revoked and (revoked[1] or revoked[2])) or "撤回了一条消息"), None, None
    template = re.search(r"<template>(.*?)</template>", text, re.DOTALL)
    if template:
        return "system", _filled(_plain(template[1]), text), None, None
    if kind in _MEDIA:
        return kind, "", None, None
    title = re.search(r"<title>(.*?)</title>", text, re.DOTALL)
    words = _plain(title[1]) if title else _plain(re.sub(r"<[^<>]*>", " ", text)) if kind == "system" else ""
    refer = re.search(r"<refermsg>(.*?)</refermsg>", text, re.DOTALL)
    if not refer:
        return kind, words, None, None
    at = re.search(r"<createtime>(\d{9,11})</createtime>", refer[1])
    of = re.search(r"<content>(.*?)</content>", refer[1], re.DOTALL)
    return "text", words, int(at[1]) if at else None, _plain(of[1]) if of else ""


def _plain(xml: str) -> str:
    inner = re.match(r"\s*<!\[CDATA\[(.*?)\]\]>\s*$", xml, re.DOTALL)
    return inner[1] if inner else html.unescape(xml).strip()


def _filled(template: str, text: str) -> str:
    """A notice's template with the names that its links hold."""
    for name, body in re.findall(r"<link name=\"(\w+)\"[^>]*>(.*?)</link>", text, re.DOTALL):
        called = "、".join(_plain(n) for n in re.findall(r"<nickname>(.*?)</nickname>", body, re.DOTALL))
        template = template.replace(f"${name}$", called)
    return template


def quotes(draft: pl.DataFrame, zone: str) -> pl.DataFrame:
    """The draft with `quoted_at` (wall time) and `quoted` (words) of messages that quote, and the quote cut off."""
    asked = pl.col("text").str.contains("[引用](", literal=True) & (pl.col("kind") != "system")
    utc = (pl.col("at") * 1_000_000).cast(pl.Datetime("us")).dt.replace_time_zone("UTC")
    moment = utc.dt.convert_time_zone(zone).dt.replace_time_zone(None)
    if not draft.select(asked.any()).item():
        return draft.with_columns(quoted_at=moment, quoted=pl.col("of")).drop("at", "of")
    part = pl.col("text").str.extract_groups(_QUOTE).struct
    draft = draft.with_columns(own_words=pl.when(asked).then(part[0]), wall=pl.when(asked).then(part[1]), rest=part[2])
    stamp = pl.col("wall").str.replace_all("/", "-", literal=True)
    seconds = stamp.str.to_datetime("%Y-%m-%d %H:%M:%S", time_unit="us", strict=False)
    minutes = stamp.str.to_datetime("%Y-%m-%d %H:%M", time_unit="us", strict=False)
    said = pl.col("rest").str.replace(r"(?s)^[^\n]{0,60}?[:：]\s*", "")
    return draft.with_columns(
        text=pl.coalesce("own_words", "text"),
        quoted_at=pl.coalesce(seconds, minutes, moment),
        quoted=pl.when(pl.col("wall").is_not_null()).then(said).otherwise("of"),
    ).drop("at", "of", "own_words", "wall", "rest")
