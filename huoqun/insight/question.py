"""Questions: what was asked, and whether anybody answered.

Recognised by form, in Chinese and English: a question mark at the end of a sentence, or words that ask. Left out are
forms that ask nothing: marks inside addresses, bare astonishment (啊？ what?), tags (对吧？ right?), rhetorical turns
(难道…吗 who cares), knocking (在吗). Everything runs on whole columns: Rust regular expressions without look-around.
"""

from datetime import timedelta

import polars as pl

from huoqun.insight.answer import answers
from huoqun.insight.document import Question
from huoqun.insight.quote import quotes
from huoqun.insight.reading import Reading

TAIL = 160
"""Of a longer text only so many characters at its end are looked at: announcements and pasted articles are full of
questions that nobody here asks."""

ONE_ASKING = timedelta(minutes=2)
"""Questions by the same person within this time of each other are one asking."""

ADDRESS = r"(?:https?://|www\.)[^\s\p{Han}，。！？]*"

MARKS = ["?", "？"]
WORDS_ZH = [
    *("吗", "嘛", "么", "呢", "谁", "哪", "求", "问", "咋", "啥", "多少", "多久", "多大", "多远", "有没", "有人"),
    *("如何", "为啥", "为何", "几点", "几号", "几个人", "请教", "是不是", "能不能", "可不可以", "可以不", "行不行"),
    *("会不会", "要不要", "好不好用"),
]
WORDS_EN = [
    *("what", "where", "who", "any", "how ", "why ", "which ", "when ", "can ", "could ", "would ", "will "),
    *("does ", "do ", "did ", "has ", "have ", "is ", "are ", "should "),
]
"""A message with neither a mark nor any of these asks nothing: a cheap test (one pass for all words at once) that
spares most messages the expressions below. Texts are lowered before."""

MARK = r"[\p{L}\p{N}][\"'”’」』）)\]*_\s]*[?？]+[!！?？~～…。.]*(?:[\"'”’」』）)\]]*)(?:\s|$|[^\p{L}\p{N}\s/=&%_-])"
"""A question mark after a word, at the end of the text or before a space or a sign; or between Chinese words:"""

MARK_IN_CHINESE = r"\p{Han}[”」』）)]?[?？]+"

ASKS_ZH = (
    r"请问|想问|问一下|问下|问问|求问|请教|咨询一下|麻烦问"
    r"|(?:^|[\s，,。.!！~～@])(?:跪|在线|急|蹲|万能的群友)?求(?:推荐|助|教|指|解|分享|带|问|一个|个|一份|份|大神|大佬|各位|链接|资源|资料|介绍|建议)"
    r"|有没有|有谁|有人(?:知道|会|用过|懂|能|有|去过|遇到)|谁(?:来|知道|有|会|能|用过|去过|懂|在用|了解|可以|那里|那有|家)"
    r"|哪(?:里|儿|个|家|些|位|种|款|天)(?:有|能|可以|可|好|比较|会|是|卖|买|的|最|更|下载|看|找|报名|领)"
    r"|怎么(?:办|弄|做|用|走|去|买|卖|报名|参加|加|下载|设置|安装|解决|操作|处理|联系|领|填|看不|没|回事|样才|不)|咋(?:办|弄|做|用|整|走|回事)"
)
"""Words that ask without a mark, anywhere. Those that stand in statements too (谁都 怎么都 要求) need their company."""

ASKS_ZH_LAST = (
    r"(?:吗|嘛|么"
    r"|[在去到从]哪(?:里|儿|个|家)?[^\s，。,.！!；;]*"
    r"|如何[^\s，。,.！!；;]+"
    r"|(?:为什么|为啥|为何|干嘛|是什么|什么(?:时候|时间|意思|价|情况|原因)|啥(?:时候|意思|价|情况))[^\s，。,.！!；;]*"
    r"|(?:多少(?:钱|米|元|块|人|天|岁|个|号)?|多久|多大|多远|几点|几号|几个人)(?:了|啊|呀|呢|的|开始|结束|能到|一个|一份|一次|一月|一年|合适)?"
    r"|(?:能不能|可不可以|可以不|行不行|是不是|会不会|要不要|好不好用)[^\s，。,.！!；;]+"
    r"|^\p{Han}+呢)[。.!！~～…\s]*$"
)
"""Words that ask without a mark where little but the end follows."""

ASKS_EN = (
    r"(?:^|[.!\n]\s*)(?:@\S+\s+|[^\s,:]{1,20}[,:]\s+|(?:hi|hello|hey|so|and|but|ok|okay|um|guys|please|pls|sorry|all|everyone|folks)[\s,]+)*"
    r"(?:how (?:do|can|to|does|is|are|should|would|could|much|many|long|about|come)\b"
    r"|what(?:'s| is| are| does| do| did| would| should| kind| time| version)\b"
    r"|why (?:is|do|does|are|did|can|would|isn't|doesn't|don't|can't|won't)\b"
    r"|where (?:is|are|can|do|does|should|would)\b|where's\b"
    r"|who (?:is|are|knows|can|has|here|wants|else)\b|who's\b"
    r"|which (?:one|is|are|of|version|do|would|should)\b"
    r"|when (?:is|will|does|do|are|did|can|should)\b"
    r"|(?:can|could|would|will) (?:someone|somebody|anyone|anybody|you|i|we|it|this|that)\b"
    r"|(?:does|has|is|did) (?:anyone|anybody|someone|there|it|this|that|he|she)\b"
    r"|(?:do|have|did) (?:you|we|i|they|any)\b|(?:is|are) there\b|are (?:you|we|they)\b"
    r"|any(?:one|body|1)\b"
    r"|any (?:ideas?|suggestions?|advice|tips|news|recommendations?|experience|chance|help)\b"
    r"|should i\b)"
)

PHATIC = (
    r"^\W*(?:啊|哈|嗯|额|呃|诶|欸|哦|噢|喔|嚯|哇|咦|蛤|嘛|啥|什么|真的|真的吗|真的假的|是吗|对吗|不是吧|不会吧|有吗|会吗|咋了|怎么了"
    r"|干嘛|是吧|对吧|好吧|在吗|在么|在不在|人呢|有人吗|有人在吗|你好"
    r"|what|wat|huh|eh|hm+|really|oh|lol|wtf|no|yes|ok|right|sorry|seriously|hello|hi|hey|u there|you there"
    r"|anyone here|anybody here|\W)+$"
)
"""Astonishment, tags and knocking, as the whole message: nothing that an answer could be missing to."""

RHETORICAL = (
    r"难道|何必|何苦|何尝|岂不|还用(?:说|问)|谁(?:知道呢|不想|不|都|还|敢|让|叫)|怎么(?:可能|会|都|也)|凭什么"
    r"|是不是(?:傻|有病|疯|瞎|脑)|哪(?:有|能)(?:这|那|什么|时间)",
    r"(?:^|[，,。！!\s]|你|你们)知道吗\W*$",
    r"有什么(?:用|意思|好)[的呢啊]?[?？!！。]*$",
    r"(?:不是吗|不好吗|不香吗|不行吗|对不对|是不是|对吧|是吧|好吧|行吧|懂吗|可好|有意思吗|至于吗|不累吗)\W*$",
    r"(?:着|(?:还在|正|才|可|好几)\p{Han}+|好多)呢[。.!！~～\s]*$",
    r"[,，]\s*(?:right|ok|okay|huh|eh|no|isn't it|don't you|aren't you|doesn't it|you know)\s*\?\W*$",
    r"who cares|who knows|why not|why bother|how dare|what the (?:hell|fuck|heck)|what else is new|you know what"
    r"|guess what|are you kidding|so what",
    r"(?:isn't it|aren't they|don't you think|am i right)\W*$",
)
"""Turns that want no answer: any of these. Several short expressions, because one long one is three times slower."""

QUESTIONS = pl.Schema(
    {
        "row": pl.UInt32(),
        "person": pl.UInt32(),
        "time": pl.Datetime("us"),
        "answered": pl.Datetime("us"),
        "answer": pl.UInt32(),
        "by": pl.UInt32(),
    }
)
"""`row` of the question, who asked (`person`) and when; its first answer by somebody else: when (`answered`), its row
(`answer`) and the person (`by`), all three null where nobody answered. Persons are indexes into `reading.people`."""


def asking(texts: pl.DataFrame) -> pl.DataFrame:
    """The rows of `texts` (a column `text`, lowered, among others) that ask something; their order is not kept.

    Step by step on frames, not lazily: merged filters would run every expression on every row.
    """
    text = pl.col("text")
    address = texts.filter(text.str.contains_any(["://", "www."]))
    if address.height:
        others = texts.filter(~text.str.contains_any(["://", "www."]))
        texts = pl.concat([others, address.with_columns(text.str.replace_all(ADDRESS, " "))])
    marks, quiet = _parted(texts, text.str.contains_any(MARKS))
    marked, stray = _parted(marks, text.str.contains(MARK) | text.str.contains(MARK_IN_CHINESE))
    quiet = pl.concat([quiet, stray])
    maybe, others = _parted(quiet, text.str.contains_any(WORDS_ZH))
    chinese, stray = _parted(maybe, text.str.contains(ASKS_ZH_LAST) | text.str.contains(ASKS_ZH))
    english = pl.concat([others, stray]).filter(text.str.contains_any(WORDS_EN)).filter(text.str.contains(ASKS_EN))
    found = pl.concat([marked, chinese, english])
    return found.filter(~pl.any_horizontal(text.str.contains(form) for form in (PHATIC, *RHETORICAL)))


def _parted(texts: pl.DataFrame, test: pl.Expr) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Those that pass, and the others."""
    yes = texts.select(test).to_series()
    return texts.filter(yes), texts.filter(~yes)


def question_rows(reading: Reading, *, first: int = 0) -> pl.DataFrame:
    """The messages that ask, from row `first` on: row, person, time, length of the text; sorted by row, one row per
    message."""
    text = pl.col("text").str.tail(TAIL)
    said = reading.messages.filter(pl.col("row") >= first, pl.col("kind") == "text")
    said = said.select("row", "person", "time", text)
    said = said.filter(text.str.contains_any([*MARKS, *WORDS_ZH, *WORDS_EN], ascii_case_insensitive=True))
    said = said.with_columns(pl.col("text").str.strip_chars().str.to_lowercase())
    return asking(said).select("row", "person", "time", pl.col("text").str.len_chars().alias("length")).sort("row")


def questions(reading: Reading, *, known: pl.DataFrame | None = None) -> pl.DataFrame:
    """`QUESTIONS` of the group, sorted by row. Of one asking (`ONE_ASKING`) the longest message stands for all.

    An answer is what `insight/answer` finds to any message of the asking; `known` is its `answers(reading)` where that
    is at hand. Questions from before answers were inferred (`Reading.linked_from`) are left out: who answered them is
    not known.
    """
    found = question_rows(reading, first=reading.linked_from)
    pause = (pl.col("time").diff().over("person") > ONE_ASKING).fill_null(True)
    return (
        found.with_columns(asking=pause.cum_sum().over("person"))
        .join(answers(reading) if known is None else known, on="row", how="left", maintain_order="left")
        .group_by("person", "asking")
        .agg(
            pl.col("row", "time").sort_by("length", "row", descending=[True, False]).first(),
            pl.col("answered", "answer", "by").sort_by("answer", nulls_last=True).first(),
        )
        .select(QUESTIONS.names())
        .cast(QUESTIONS)
        .sort("row")
    )


def question_list(reading: Reading, table: pl.DataFrame | None = None, *, limit: int = 200) -> list[Question]:
    """The document's questions: unanswered first, each part newest first, at most `limit`."""
    table = questions(reading) if table is None else table
    shown = table.with_columns(done=pl.col("answer").is_not_null()).sort("done", "row", descending=[False, True])
    shown = shown.head(limit)
    return [
        Question(quote=quote, answered=row["answered"], by=None if row["by"] is None else reading.people[row["by"]])
        for quote, row in zip(quotes(reading, shown["row"].to_list()), shown.iter_rows(named=True), strict=True)
    ]
