"""Readymade surveys (问卷模板) of handbook chapter 6, in Chinese and English: copied into a draft, then edited."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from huoqun.activities.questionnaire import MANY, NUMBER, ONE, SCALE, TEXT, Condition, Question, Questions

Language = Literal["zh", "en"]


@dataclass(frozen=True)
class Readymade:
    """A survey to begin from."""

    id: str
    title: str
    intro: str
    questions: Questions


def _q(
    id: str,
    kind: Literal["one", "many", "scale", "text", "number"],
    text: str,
    options: str = "",
    *,
    must: bool = False,
    ends: tuple[str, str] = ("", ""),
    when: tuple[str, str] | None = None,
    fact: str = "",
) -> Question:
    """A question; options stand in one text, apart by `/`."""
    return Question(
        id=id,
        kind=kind,
        text=text,
        options=tuple(options.split("/")) if options else (),
        points=5,
        low=ends[0],
        high=ends[1],
        required=must,
        show_if=Condition(question=when[0], answer=when[1]) if when else None,
        fact=fact,
    )


_PROFILE_ZH = (
    _q(
        "industry",
        ONE,
        "你在哪个行业？",
        "互联网/制造/零售与电商/教育/金融/医疗健康/文化传媒/餐饮旅游/公共机构/学生/其他",
        must=True,
        fact="industry",
    ),
    _q(
        "role",
        ONE,
        "你现在的角色是？",
        "创业者或老板/管理者/专业人员/自由职业/学生/全职照顾家庭/已退休/其他",
        must=True,
        fact="work",
    ),
    _q("city", TEXT, "你常住哪个城市？", must=True, fact="city"),
    _q(
        "resources",
        MANY,
        "你能给大家带来什么？",
        "行业经验/客户或渠道/资金/场地/技术/设计与内容/人脉引荐/时间与陪伴",
        fact="offers",
    ),
    _q(
        "needs_business",
        MANY,
        "事业上，你现在需要什么？",
        "客户/合伙人/员工/资金/供应商/暂时没有",
        fact="needs",
    ),
    _q(
        "needs_knowledge",
        MANY,
        "你想学什么？",
        "经营管理/营销增长/专业技能/人工智能/写作表达/投资理财/暂时没有",
        fact="needs",
    ),
    _q("needs_life", MANY, "生活里，你想找什么样的伙伴？", "运动/读书/亲子/美食/旅行/公益/暂时没有", fact="needs"),
    _q("sources", MANY, "你平时从哪里获取信息？", "微信群/公众号/短视频/书/播客/朋友/行业会议", fact="sources"),
    _q("time", ONE, "你的时间主要给了什么？", "工作/家庭/学习/创业/各占一些", fact="time"),
    _q("rhythm", ONE, "你希望这个群是什么节奏？", "每天都有话聊/每周两三次/每周一次/有事才说", fact="rhythm"),
    _q("likes", TEXT, "你最喜欢哪个群？为什么？", fact="liked_groups"),
)
_PROFILE_EN = (
    _q(
        "industry",
        ONE,
        "Which industry are you in?",
        "Internet/Manufacturing/Retail/Education/Finance/Health/Media/Food and travel/Public sector/Student/Other",
        must=True,
        fact="industry",
    ),
    _q(
        "role",
        ONE,
        "What do you do now?",
        "Founder or owner/Manager/Specialist/Freelancer/Student/At home with family/Retired/Other",
        must=True,
        fact="work",
    ),
    _q("city", TEXT, "Which city do you live in?", must=True, fact="city"),
    _q(
        "resources",
        MANY,
        "What can you bring to the others?",
        "Experience/Customers or channels/Money/A place to meet/Technology/Design and content/Introductions/Time",
        fact="offers",
    ),
    _q(
        "needs_business",
        MANY,
        "In business, what do you need now?",
        "Customers/Partners/Staff/Money/Suppliers/Nothing now",
        fact="needs",
    ),
    _q(
        "needs_knowledge",
        MANY,
        "What do you want to learn?",
        "Management/Marketing/Professional skills/Artificial intelligence/Writing and speaking/Investing/Nothing now",
        fact="needs",
    ),
    _q(
        "needs_life",
        MANY,
        "In life, which company do you look for?",
        "Sport/Books/Children/Food/Travel/Charity/Nothing now",
        fact="needs",
    ),
    _q(
        "sources",
        MANY,
        "Where do you get your information?",
        "Chat groups/Articles/Short videos/Books/Podcasts/Friends/Conferences",
        fact="sources",
    ),
    _q("time", ONE, "What gets most of your time?", "Work/Family/Learning/My own venture/A bit of each", fact="time"),
    _q(
        "rhythm",
        ONE,
        "Which rhythm should this group have?",
        "Something every day/Two or three times a week/Once a week/Only when there is something",
        fact="rhythm",
    ),
    _q("likes", TEXT, "Which group do you like best, and why?", fact="liked_groups"),
)
_KNOWS_ZH = (
    _q(
        "count",
        ONE,
        "群里你认识多少人？",
        "一个也不/1 到 3 人/4 到 10 人/11 到 30 人/30 人以上",
        must=True,
        fact="acquaintances",
    ),
    _q("owner", ONE, "你和群主熟吗？", "线下常见/见过面/只在网上聊过/没说过话", must=True, fact="knows_owner"),
    _q("who", TEXT, "请写出你认识的群友（群里的名字，一行一个）", fact="knows"),
    _q("meet", MANY, "你想认识什么样的人？", "同行/同城/能合作的/兴趣相同的/有经验的前辈/都可以", fact="wants_to_meet"),
)
_KNOWS_EN = (
    _q(
        "count",
        ONE,
        "How many people in the group do you know?",
        "Nobody/1 to 3/4 to 10/11 to 30/More than 30",
        must=True,
        fact="acquaintances",
    ),
    _q(
        "owner",
        ONE,
        "How well do you know the owner of the group?",
        "We meet often/We have met/Only online/We never talked",
        must=True,
        fact="knows_owner",
    ),
    _q("who", TEXT, "Whom in the group do you know? (their names in the group, one a line)", fact="knows"),
    _q(
        "meet",
        MANY,
        "Whom would you like to meet?",
        "People of my trade/People of my city/People to work with/People with my interests/The experienced/Anybody",
        fact="wants_to_meet",
    ),
)
_SATISFIED_ZH = (
    _q("all", SCALE, "总的来说，你对这个群满意吗？", must=True, ends=("很不满意", "很满意")),
    _q("use", SCALE, "这个群对你有用吗？", must=True, ends=("没用", "很有用")),
    _q("amount", ONE, "群里的消息", "太多/刚好/太少", must=True),
    _q("bother", MANY, "太多的是什么？", "广告/闲聊/转发的链接/争吵/接龙和打卡", when=("amount", "太多")),
    _q("more", MANY, "你想多看到什么？", "专业讨论/资源对接/线下活动/嘉宾分享/生活闲聊/新人介绍"),
    _q("tell", SCALE, "你会把这个群介绍给朋友吗？", ends=("不会", "一定会")),
    _q("why", TEXT, "还有什么想说的？"),
)
_SATISFIED_EN = (
    _q("all", SCALE, "All in all, are you satisfied with this group?", must=True, ends=("Not at all", "Very")),
    _q("use", SCALE, "Is the group useful to you?", must=True, ends=("Not at all", "Very")),
    _q("amount", ONE, "The number of messages is", "too high/right/too low", must=True),
    _q(
        "bother",
        MANY,
        "What is too much?",
        "Advertising/Chatter/Forwarded links/Quarrels/Sign-up lists and check-ins",
        when=("amount", "too high"),
    ),
    _q(
        "more",
        MANY,
        "What would you like more of?",
        "Professional talk/Offers and needs/Meeting in person/Guests/Everyday life/Introductions",
    ),
    _q("tell", SCALE, "Would you recommend the group to a friend?", ends=("No", "Certainly")),
    _q("why", TEXT, "Anything else?"),
)
_AFTER_ZH = (
    _q("came", ONE, "这次活动你参加了吗？", "全程参加/参加了一部分/没参加", must=True),
    _q("absent", ONE, "没参加是因为", "时间不合适/不知道有活动/话题不感兴趣/不认识人/其他", when=("came", "没参加")),
    _q("good", SCALE, "你给这次活动打几分？", ends=("很差", "很好")),
    _q("best", MANY, "最有收获的是", "内容/认识了人/氛围/拿到资源/没有收获"),
    _q("met", NUMBER, "你新认识了几个人？"),
    _q("next", ONE, "下次还来吗？", "来/看话题/不来了"),
    _q("better", TEXT, "哪里可以更好？"),
)
_AFTER_EN = (
    _q("came", ONE, "Did you take part this time?", "All the time/Part of the time/No", must=True),
    _q(
        "absent",
        ONE,
        "Why not?",
        "The time did not suit/I did not know of it/The topic/I know nobody/Other",
        when=("came", "No"),
    ),
    _q("good", SCALE, "How was it?", ends=("Bad", "Very good")),
    _q("best", MANY, "What did you get out of it?", "Content/People/Atmosphere/Resources/Nothing"),
    _q("met", NUMBER, "How many people did you get to know?"),
    _q("next", ONE, "Will you come again?", "Yes/Depends on the topic/No"),
    _q("better", TEXT, "What could be better?"),
)
_TOPIC_ZH = (
    _q(
        "kind",
        MANY,
        "你想聊哪一类话题？",
        "行业与职业/生意与合作/学习与成长/健康/家庭与教育/生活与爱好",
        must=True,
        fact="interests",
    ),
    _q("form", ONE, "你喜欢哪种形式？", "嘉宾分享/大家讨论/提问答疑/轮流讲自己的故事", must=True),
    _q("when", MANY, "哪个时间你能来？", "工作日中午/工作日晚上/周末白天/周末晚上", must=True, fact="free_at"),
    _q("share", ONE, "你愿意主讲一次吗？", "愿意/可以一起讲/这次先听", fact="would_speak"),
    _q("about", TEXT, "你能讲什么？", when=("share", "愿意"), fact="can_speak_about"),
)
_TOPIC_EN = (
    _q(
        "kind",
        MANY,
        "What would you like to talk about?",
        "Trade and career/Business/Learning/Health/Family and education/Everyday life and hobbies",
        must=True,
        fact="interests",
    ),
    _q(
        "form",
        ONE,
        "In which form?",
        "A guest/A discussion/Questions and answers/Everybody's own story in turn",
        must=True,
    ),
    _q(
        "when",
        MANY,
        "When can you come?",
        "Weekdays at noon/Weekday evenings/Weekends by day/Weekend evenings",
        must=True,
        fact="free_at",
    ),
    _q("share", ONE, "Would you speak once?", "Yes/Together with somebody/I would rather listen", fact="would_speak"),
    _q("about", TEXT, "What about?", when=("share", "Yes"), fact="can_speak_about"),
)
READYMADE: Mapping[Language, tuple[Readymade, ...]] = {
    "zh": (
        Readymade(
            "profile", "认识一下群友", "让大家知道你是谁、能帮什么、需要什么。几乎都是选择题，两分半钟。", _PROFILE_ZH
        ),
        Readymade("knows", "谁认识谁", "看看群里的人彼此认识多少，好把该认识的人介绍到一起。", _KNOWS_ZH),
        Readymade("satisfaction", "这个群你还满意吗", "一分钟，说说这个群好不好、缺什么。", _SATISFIED_ZH),
        Readymade("after", "活动之后", "一分钟，帮我们把下一次办得更好。", _AFTER_ZH),
        Readymade("topic", "下次聊什么", "选出你想聊的话题和时间。", _TOPIC_ZH),
    ),
    "en": (
        Readymade(
            "profile",
            "Who is who",
            "So that all know who you are, what you offer and need. Mostly choices; two and a half minutes.",
            _PROFILE_EN,
        ),
        Readymade(
            "knows", "Who knows whom", "To see who knows each other, and to introduce those who should.", _KNOWS_EN
        ),
        Readymade(
            "satisfaction",
            "Are you satisfied with this group?",
            "One minute: what is good, and what is missing.",
            _SATISFIED_EN,
        ),
        Readymade("after", "After the activity", "One minute, to make the next one better.", _AFTER_EN),
        Readymade("topic", "What next?", "Choose topics and times.", _TOPIC_EN),
    ),
}


def readymade(language: Language, id: str) -> Readymade | None:
    """The survey of an id, in a language; its questions stand on their own."""
    return next((r for r in READYMADE[language] if r.id == id), None)
