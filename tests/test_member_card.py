"""Cards as members really paste them: whatever the decoration, the fields come out; what is no card stays out."""

import time
from datetime import datetime, timedelta

import pytest
from test_history import chat, row

from huoqun.insight.member_card import cards, fields_of

CARDS = [
    ("姓名：张三\n行业：物流\n城市：佛山", {"called": "张三", "industry": "物流", "city": "佛山"}),
    (
        "1、姓名：李雷 2、行业：外贸 3、坐标：宁波 4、资源：自有工厂，支持小单",
        {"called": "李雷", "industry": "外贸", "city": "宁波", "offers": "自有工厂，支持小单"},
    ),
    ("【姓名】小满\n【城市】杭州\n【行业】教育\n【需求】", {"called": "小满", "city": "杭州", "industry": "教育"}),
    (
        "📛昵称：大熊 🏙城市: 深圳 💼职业:设计师 ✨我能提供：logo 设计 🔍我需要：客户",
        {"called": "大熊", "city": "深圳", "work": "设计师", "offers": "logo 设计", "needs": "客户"},
    ),
    (
        "1️⃣称呼：阿宁\n2️⃣坐标：成都\n3️⃣职业：心理咨询师\n4️⃣生日：1990-03-05\n大家好，请多关照！",
        {"called": "阿宁", "city": "成都", "work": "心理咨询师", "birthday": "1990-03-05"},
    ),
    (
        "Name: Ann Lee\nCity: Berlin\nIndustry: design\nI offer: logos, packaging\nLooking for: first clients",
        {"called": "Ann Lee", "city": "Berlin", "industry": "design", "offers": "logos, packaging",
         "needs": "first clients"},
    ),
    (
        "- **Name**: Bob\n- **Location**: Lyon\n- **Job**: baker",
        {"called": "Bob", "city": "Lyon", "work": "baker"},
    ),
    ("姓名:韩梅梅|行业:教培|所在城市:南京|微信:hmm_88",
     {"called": "韩梅梅", "industry": "教培", "city": "南京", "contact": "hmm_88"}),
    ("姓名　老周\n城市　昆明\n职业　茶农", {"called": "老周", "city": "昆明", "work": "茶农"}),
    (
        "新人报到🎉🎉\n①昵称（必填）：石头\n②城市：无锡\n③我能提供：\n1. 厂房出租\n2. 报税\n④我需要：xxx",
        {"called": "石头", "city": "无锡", "offers": "1. 厂房出租 2. 报税"},
    ),
    ("姓名：\n林先生\n城市：\n厦门\n爱好：\n钓鱼", {"called": "林先生", "city": "厦门", "interests": "钓鱼"}),
    ("「姓名」安然「行业」保险「城市」长沙", {"called": "安然", "industry": "保险", "city": "长沙"}),
    ("姓名＝卡卡；城市＝大连；年龄＝28；职业＝教练", {"called": "卡卡", "city": "大连", "work": "教练"}),
    (
        "姓名：王五\r\n年龄：35\r\n公司：五金王\r\n可提供的资源：五金件\r\n可提供：开模\r\n需求：渠道",
        {"called": "王五", "company": "五金王", "offers": "五金件；开模", "needs": "渠道"},
    ),
]  # fmt: skip
OTHERS = [
    "姓名：\n行业：\n城市：\n资源：",
    "姓名：xxx\n行业：___\n城市：请填写",
    "收件人：张三\n电话：13800138000\n收货地址：广东省佛山市",
    "姓名：张三\n电话：13800138000\n地址：广东省佛山市南海区",
    "公司：好未来\n岗位：销售\n城市：广州\n薪资：8k\n需求：三年经验",
    "时间：周六\n地点：天河\n主题：读书会\n费用：AA",
    "我的目标是今年跑完全马，城市马拉松不好抢，行业里都知道",
    "他说：行，我说：好，她说：走",
    "",
    "：：：：：",
    "姓名：例如：张三\n城市：如：北京\n行业：例如 教育",
]


@pytest.mark.parametrize(("text", "fields"), CARDS)
def test_a_card_is_read(text, fields):
    assert fields_of(text) == fields


@pytest.mark.parametrize("text", OTHERS)
def test_what_is_no_card_is_none(text):
    assert fields_of(text) == {}


@pytest.mark.parametrize(
    "text", ["姓名：" * 2000, " " * 3000, "1、" * 1500, "✨" * 3000, "姓名" + " " * 2900 + "：", "【" * 3000]
)
def test_a_hostile_text_takes_no_time(text):
    begin = time.process_time()
    fields_of(text * 10)
    assert time.process_time() - begin < 0.5


def test_the_newest_card_of_each_counts_and_a_copy_is_nobodys():
    card = "姓名：张三\n行业：物流\n城市："
    told = chat(
        [
            row(0, sender="a", text=card + "佛山"),
            row(1, sender="b", text=card + "佛山"),
            row(2, sender="a", text=card + "广州"),
            row(3, sender="c", text="早"),
            row(4, sender="d", text="姓名：小丁\n城市：西安\n需求：找律师"),
        ]
    )
    found = cards(told.rows)
    assert [(c.sender, c.fields["city"]) for c in found] == [("a", "广州"), ("d", "西安")]
    assert found[0].time == datetime(2026, 1, 1, 2)
    assert found[0].local - found[0].time == timedelta(hours=8)
