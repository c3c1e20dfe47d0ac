"""Offers that serve needs, on texts as members write them; what may not match does not."""

from huoqun.insight.matching import matches

SERVED = [
    ("佛山冷链物流，自有车队30台", "需要找靠谱的冷链运输，发往北京"),
    ("十年平面设计经验，可以接海报和logo", "想找人帮忙做公司logo"),
    ("全栈程序员，会写小程序", "寻找技术合伙人一起做小程序"),
    ("执业律师，擅长合同纠纷和知识产权", "求推荐靠谱的法律顾问"),
    ("代账报税，注册公司", "新公司需要财税服务"),
    ("猎头，互联网方向，手上有不少候选人", "我们在招聘产品经理，求简历"),
    ("天使投资人，看消费和教育赛道", "项目在融资，求介绍投资人"),
    ("英语口语外教，可以带小朋友", "想给孩子找英语老师"),
    ("服装厂，支持小单快反", "找女装代工厂"),
    ("短视频拍摄剪辑一条龙", "需要有人帮我们拍抖音视频"),
    ("心理咨询师，青少年方向", "孩子厌学，想找心理咨询"),
    ("有活动场地，可容纳50人，在天河", "周末读书会找场地"),
    ("Excel和数据分析培训", "想学Excel做报表"),
    ("云南普洱茶源头货源", "找茶叶供应商"),
    ("资深HR，可改简历、模拟面试", "准备跳槽，希望有人帮改简历"),
    ("亲子摄影，外景跟拍", "想拍一组亲子照，找摄影师"),
    ("Backend developer, Python and Go, open to side projects", "Looking for a technical co-founder who codes"),
    ("I run a small design studio: logos, packaging", "need someone to design our packaging"),
    ("Tax accountant for freelancers in Berlin", "who can help with my freelance taxes?"),
    ("Marathon coach, beginners welcome", "want to train for my first marathon"),
    ("German-English translation, sworn translator", "certified translation of my diploma"),
    ("Angel investor, climate and food", "raising a pre-seed round, intros to investors welcome"),
]
ALONE = [
    ("会做陶艺，可以教大家", "找冷库"),
    ("深圳本地资源丰富，欢迎合作", "寻求合作，希望认识更多朋友"),
    ("可以提供专业服务，多年经验", "需要专业的服务团队支持"),
    ("北京，做建材", "想找北京的朋友一起徒步"),
    ("I can help with anything, great network", "looking for help with a great project"),
    ("暂无", "没有"),
]


TRADES = [{1, 17}, {2, 16}, {4, 18}, {6, 21}, {5, 14}, {0, 22}]
"""Numbers of pairs of one trade: across them, and across languages, an offer rightly serves the other need too."""


def test_real_looking_needs_find_their_offer():
    offers, needs = ([pair[i] for pair in SERVED + ALONE] for i in (0, 1))
    found = {(m.offer, m.need) for m in matches(offers, needs)}
    missed = [SERVED[i] for i in range(len(SERVED)) if (i, i) not in found]
    assert len(missed) <= 1, missed
    wrong = [(a, b) for a, b in found if not (a == b < len(SERVED) or any({a, b} <= trade for trade in TRADES))]
    assert not [(offers[a], needs[b]) for a, b in wrong]


def test_what_says_nothing_matches_nothing():
    assert matches([], ["找设计师"]) == []
    assert matches(["", "！！！", "12345"], ["", "🙂", "678"]) == []
    assert matches(["设计"], [""]) == []
    long = "设计" * 50_000
    assert matches([long], [long])[0].score == 1


def test_thousands_are_matched_at_once():
    offers = [f"第{i}家 {SERVED[i % len(SERVED)][0]}" for i in range(2000)]
    found = matches(offers, [need for _, need in SERVED])
    assert len({m.need for m in found}) >= len(SERVED) - 2
