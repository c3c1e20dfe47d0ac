r"""Cues: small signs in a text of what its author is doing: asking, thanking, agreeing, going on.

English and Chinese side by side, so that a cue means the same in both. They are signs for a model that weighs them
(`insight.reply`), not judgements. Word ends are those of ASCII, `(?-u:\b)`: the engine is many times slower on Chinese
text where it has to find those of all scripts.
"""

import numpy as np
import numpy.typing as npt
import polars as pl

_OPENING = r"(?i)^(?:\S+[:,]\s*)?(?:@\S+\s*)?"
"""The start of a text behind the name of whoever is addressed."""
_ASKING = "what|how|why|where|when|who|which|is|are|do|does|did|can|could|would|should|has|have|any|anyone|anybody|will"
_AGREEING = "yes|yeah|yep|yup|ya|yea|ok|okay|k|right|sure|correct|true|exactly|indeed|aha|ah|oh|i see|got it|cool|great"
_DENYING = "no|nope|nah|not|dont|don't|didn't|doesn't|i don't|i didn't|never|none"
_GOING_ON = (
    "and|but|or|so|also|then|because|cause|cuz|well|anyway|which|plus|btw|though|than|if|when|like|just|to|in|with|for"
    "|on|at|of|it|that|the"
)
_GREETING = "hi|hello|hey|hiya|heya|good (?:morning|evening|day)|morning|yo|howdy|greetings|hola|sup"
_ANYONE = "any ?one|anybody|someone|somebody|all|everyone|guys|folks"
_THANKING = r"thanks|thank|thx|ty|tnx|cheers|appreciate\w*"
_DOING = "try|use|install|run|type|check|look|see|open|go to|click|make sure|read"

CUES = {
    "question": r"[?？]|吗|呢[。!！~]*$|怎么|请问|谁知道",
    "ends_asking": r"[?？]\s*\W*$|[吗呢么]\W*$",
    "asks": rf"{_OPENING}(?:(?:{_ASKING})(?-u:\b)|请问|怎么|什么|为什么|谁|哪|有没有|有人)",
    "anyone": rf"(?i)(?-u:\b)(?:{_ANYONE})(?-u:\b)|大家|有人|谁|各位|群友",
    "greets": rf"{_OPENING}(?:(?:{_GREETING})(?-u:\b)|(?:大家)?(?:好|早|早安|早上好|晚上好|你好|您好|嗨))",
    "thanks": rf"(?i)(?-u:\b)(?:{_THANKING})(?-u:\b)|谢谢|感谢|多谢|谢了|3q|辛苦",
    "welcomes": r"(?i)(?-u:\b)(?:np|no prob\w*|no worries|yw|welcome|sure thing)(?-u:\b)|不客气|不谢|没事",
    "agrees": rf"{_OPENING}(?:(?:{_AGREEING}|nice|alright)(?-u:\b)|是|对|好|嗯|行|可以|收到|明白|知道|哦|噢)",
    "denies": rf"{_OPENING}(?:(?:{_DENYING})(?-u:\b)|不|没|否)",
    "goes_on": rf"(?i)^(?:(?:{_GOING_ON})(?-u:\b)|而且|但是|不过|然后|所以|因为|还有|另外|或者|就是|那|并且)",
    "laughs": r"(?i)(?-u:\b)(?:lol|haha\w*|hehe\w*|rofl|lmao)(?-u:\b)|[:;]-?[)DPp(]|哈哈|呵呵|嘻嘻|笑",
    "link": r"https?://|www\.",
    "code": r"(?i)(?-u:\b)sudo(?-u:\b)|/[a-z]+/[a-z]|--[a-z]|(?-u:\b)apt|\$\(|[{}\\|`]",
    "command": r"^[!/！.]\w",
    "apologises": r"(?i)(?-u:\b)(?:sorry|oops|nm|nvm|nevermind|never mind)(?-u:\b)|抱歉|不好意思|对不起|算了",
    "me": r"(?i)(?-u:\b)(?:i|i'm|im|i've|i'll|my|me|mine)(?-u:\b)|我",
    "you": r"(?i)(?-u:\b)(?:you|u|your|ur|you're|you'll)(?-u:\b)|你|您",
    "it": r"(?i)(?-u:\b)(?:it|that|this|there|those|these|them)(?-u:\b)|这|那|它",
    "advises": rf"(?i)(?-u:\b)(?:{_DOING})(?-u:\b)|试|装|点|看看|用|打开",
    "trails_off": r"(?:\.\.+|,|…|，|:|：)\s*$",
    "small": r"^[a-z]",
    "capital": r"^[A-Z]",
    "full_stop": r"[.。!！]\s*$",
    "number": r"\d",
    "quotes": r"[\"“”「」>]",
}
"""Patterns (Rust regex) by name of the cue."""


def cues(text: pl.Series) -> npt.NDArray[np.float32]:
    """(texts, len(CUES)) 1 where the text shows the cue."""
    column = pl.col(text.name)
    found = text.to_frame().select(column.str.contains(p).cast(pl.Float32).alias(c) for c, p in CUES.items())
    return np.asarray(found.to_numpy(), np.float32)
