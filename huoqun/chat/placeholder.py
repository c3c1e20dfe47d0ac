"""The placeholder: what a text export writes where a picture, a voice message or a file was.

`[图片]`, `[语音] 12"`, `[文件] report.pdf`, `[Photo]`: told apart by the word in brackets at the start, if nothing
else was said. A sentence that merely begins with brackets stays a text.
"""

import polars as pl

WORDS = {
    "图片": "image", "照片": "image", "image": "image", "photo": "image", "picture": "image", "闪照": "image",
    "语音": "voice", "语音消息": "voice", "voice": "voice", "audio": "voice", "视频": "video", "短视频": "video",
    "video": "video", "文件": "file", "file": "file", "表情": "sticker", "表情包": "sticker", "动画表情": "sticker",
    "商城表情": "sticker", "sticker": "sticker", "链接": "link", "网页": "link", "link": "link", "位置": "location",
    "地理位置": "location", "location": "location", "红包": "red_packet", "微信红包": "red_packet",
    "QQ红包": "red_packet", "转账": "transfer", "微信转账": "transfer", "拍一拍": "poke", "戳一戳": "poke",
    "语音通话": "call", "视频通话": "call",
    "通话": "call", "小程序": "share", "视频号": "share", "音乐": "share", "分享": "share", "聊天记录": "forward",
    "合并转发": "forward", "转发消息": "forward", "名片": "contact", "个人名片": "contact", "联系人名片": "contact",
    "投票": "poll", "卡片消息": "share", "JSON消息": "share", "图片消息": "image", "视频消息": "video",
    "文件消息": "file",
}  # fmt: skip
"""What stands in the brackets, and the kind it means."""

_REST = {"file": r".{0,200}", "link": r".{0,300}", "share": r".{0,300}", "voice": r"[\s\d:.\"″′秒s]{0,12}",
         "video": r"[\s\d:.\"″′秒s]{0,12}", "red_packet": r".{0,60}", "transfer": r".{0,60}", "location": r".{0,200}",
         "contact": r".{0,60}", "forward": r".{0,100}", "call": r".{0,40}", "poll": r".{0,200}"}  # fmt: skip
"""What may stand behind the brackets. Pictures and stickers have nothing behind them."""
_PATTERN = r"^\s*[\[【]([^\[\]【】\n:：]{1,8})(?:[:：][^\[\]\n]{0,200})?[\]】](?:\((?:[^()\n]{0,300})\))?\s*([^\n]*)$"


def told_apart(draft: pl.DataFrame) -> pl.DataFrame:
    """The draft with rows of kind text that are placeholders given their kind; bare ones have no words left."""
    bracket = (pl.col("kind") == "text") & pl.col("text").str.contains(r"^\s*[\[【]")
    place = draft.select(bracket.fill_null(False).arg_true()).to_series()
    few = draft["text"].gather(place)
    parts = pl.DataFrame({"text": few.unique()}).with_columns(
        pl.col("text").str.extract_groups(_PATTERN).struct.rename_fields(["w", "rest"]).alias("p")
    )
    known = (
        parts.unnest("p")
        .with_columns(pl.col("w").replace_strict(WORDS, default=None, return_dtype=pl.String).alias("_kind"))
        .filter(pl.col("_kind").is_not_null() & _fitting())
        .select("text", "_kind", pl.col("rest").str.strip_chars().alias("_words"))
    )
    if not known.height:
        return draft
    mine = pl.DataFrame({"place": place, "text": few}).join(known, on="text", maintain_order="left")
    kinds = mine["_kind"].cast(draft["kind"].dtype)
    return draft.with_columns(
        draft["kind"].scatter(mine["place"], kinds), draft["text"].scatter(mine["place"], mine["_words"])
    )


def _fitting() -> pl.Expr:
    fits = pl.col("rest").str.strip_chars() == ""
    for kind, rest in _REST.items():
        fits = fits | ((pl.col("_kind") == kind) & pl.col("rest").str.contains(rf"^{rest}$"))
    return fits
