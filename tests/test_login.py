"""Members log in with OpenID Connect or WeChat instead of a link; nobody becomes somebody else by it."""

import re
from datetime import UTC, timedelta

import jwt
import pytest
from at_work import browser, group, hire
from cryptography.hazmat.primitives.asymmetric import rsa
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given
from hypothesis import settings as how
from hypothesis import strategies as st
from outside import IN_WECHAT, KEY, Openid, WeChat, there, walk
from stage import PHONE, member, opened
from test_history import DAY, NOW, chat, row, take

from huoqun.activities import belongings
from huoqun.activities.vote import VotePlan
from huoqun.base import checked, clock, openid, weixin
from huoqun.base.issuer import SITE, USERINFO, Issuer, NotProven, Proven, issuers
from huoqun.base.job import Hand
from huoqun.base.round_trip import read
from huoqun.commands import answering, carrying, listening
from huoqun.commands.carrying import Line
from huoqun.people import code, forgotten, history, login, merge
from huoqun.people.account import Account
from huoqun.people.audit import Entry
from huoqun.people.login import BOUND, DECLINED, WAITING, Login
from huoqun.people.membership import Membership
from huoqun.people.outbox import Outgoing
from huoqun.people.workspace import add, local
from huoqun.web import doors

pytestmark = pytest.mark.django_db(transaction=True)
SELF = Proven("https://id.example.org", "7", name="Ming")


@pytest.fixture
def here():
    return group(local(now=clock.now()))


@pytest.fixture
def ids(here):
    """A group whose record tells accounts apart by the network's ids."""
    here.facts = {"has_ids": True}
    here.save()
    return here


@pytest.fixture
def outside(settings):
    server = Openid()
    settings.MEMBER_ISSUERS = server.issuer()
    cache.clear()
    yield server
    server.end()


@pytest.fixture
def wechat(settings):
    server = WeChat()
    settings.MEMBER_ISSUERS = (server.issuer(),)
    cache.clear()
    yield server
    server.end()


def borne(*links):
    """Whose links these are, as a crowd of check-ins asks it."""
    whose = code.accounts(links)
    (rows,) = read((code.BEARING, {"of": set(whose.values())}))
    return code.bearers(links, whose, rows)


def phone(**more):
    return Client(headers=PHONE | more)


def own(who):
    return code.personal(who, now=clock.now())


def vote(there_):
    return opened(there_, "vote", "烤什么", plan=VotePlan(options=["栗子", "南瓜"]))


def door(row, there_):
    """The address of the door, and its token."""
    place = doors.address(row, there_, now=clock.now())
    return place, place.split("/")[2]


def text(answer):
    return answer.content.decode()


def bound(client, who, which="oidc"):
    """A member binds their login with their own link, as their phone does it."""
    token = own(who)
    asked = walk(client, f"/in/{which}/?m={token}")
    assert asked.request["PATH_INFO"] == "/in/bind", text(asked)
    done = client.post("/in/bind", {"m": token}, follow=True)
    assert done.status_code == 200
    return done


def said(who, words, at=None, via="chat", now=None):
    now = now or clock.now()
    line = Line(who, words, at or now, f"{words} {now}")
    return carrying.carry_out(who.group, [line], via=via, now=now)


# with one's own link


def test_a_member_binds_a_login_once_and_needs_no_link_any_more(here, outside):
    ming, client = member(here, "阿明"), phone()
    home = text(client.get(reverse("member", args=[own(ming)])))
    assert "绑定读书会账号" in home
    asked = walk(client, re.search(r'href="(/in/oidc/\?m=[^"]+)"', home)[1])
    assert "这是你吗" in text(asked) and "阿明" in text(asked) and "Ming" in text(asked)
    assert not Login.objects.filter(state=BOUND).exists(), "nothing is bound before they say yes"
    done = client.post("/in/bind", {"m": own(ming)}, follow=True)
    assert "绑定好了" in text(done) and "解除绑定" in text(done)
    assert len(done.content) < 100_000
    later = phone()
    assert walk(later, "/in/oidc/").status_code == 200
    page = later.get("/in/", follow=True)
    assert page.redirect_chain and "阿明" in text(page), "the browser is known again, without another way out"
    (row,) = Login.objects.all()
    assert (row.identity, row.via, row.subject, row.name) == (ming, "link", "7", "Ming")
    assert Entry.objects.get(what="login.bind").object == ming.person_id


def test_a_login_bound_can_be_removed_and_what_it_opened_is_shut(here, outside):
    ming, client = member(here, "阿明"), phone()
    opened_ = bound(client, ming).request["PATH_INFO"]
    (row,) = Login.objects.all()
    assert client.get(opened_).status_code == 200
    gone = client.post(opened_ + "login", {"which": str(row.pk)}, follow=True)
    assert gone.status_code == 200 and "绑定已解除" in text(gone)
    assert client.get(opened_).status_code == 410
    assert "还没有绑定到成员" in text(client.get("/in/"))
    assert client.get(reverse("member", args=[own(ming)])).status_code == 200, "their own link still works"
    assert not Login.objects.exists()


def test_nobody_removes_the_login_of_another(here, outside):
    bound(phone(), member(here, "阿明"))
    hong = member(here, "小红")
    phone().post(reverse("member_unbind", args=[own(hong)]), {"which": str(Login.objects.get().pk)})
    assert Login.objects.filter(state=BOUND).exists()


def test_one_login_is_one_member_of_a_group(here, outside):
    ming, hong, client = member(here, "阿明"), member(here, "小红"), phone()
    bound(client, ming)
    answer = walk(client, f"/in/oidc/?m={own(hong)}")
    assert answer.status_code == 409
    assert "阿明" not in text(answer), "who the other one is is not told"
    assert client.post("/in/bind", {"m": own(hong)}).status_code == 409
    assert Login.objects.get().identity == ming


def test_a_link_that_only_a_name_opened_binds_nothing_by_itself(here, outside):
    """Whoever takes a name at a door first must not keep the member for ever."""
    ming, row, client = member(here, "阿明"), vote(here), phone()
    place, _ = door(row, here)
    token = client.post(place, {"name": "阿明"})["location"].split("/")[2]
    walk(client, f"/in/oidc/?m={token}")
    waits = client.post("/in/bind", {"m": token}, follow=True)
    assert waits.request["PATH_INFO"] == "/in/who" and "绑定" in text(waits)
    assert Login.objects.get().state == WAITING
    login.bind(Proven("x", "real"), ming, now=clock.now())
    assert client.get(reverse("member", args=[token])).status_code == 410, "the member has logged in: no name holds"
    assert isinstance(borne(code.read(token, now=clock.now()))[0], code.Gone), "nor for a check-in"
    assert phone().post(place, {"name": "阿明"}).status_code == 409


# through the door of a group


def test_a_stranger_at_the_door_is_nobody_until_the_chat_or_staff_say_who(ids, outside):
    ming, row, client = member(ids, "阿明"), vote(ids), phone()
    member(ids, "别人的名字")
    place, token = door(row, ids)
    page = text(client.get(place))
    start = re.search(r'href="(/in/oidc/\?d=[^"]+)"', page)[1]
    asked = walk(client, start)
    assert "你是群里的谁" in text(asked) and "别人的名字" not in text(asked)
    number = re.search(r"绑定 (\d{6})", text(asked))[1]
    assert client.get(f"/in/?d={token}", follow=True).request["PATH_INFO"] == "/in/who"
    (heard,) = said(ming, f"绑定 {number}")
    assert (heard.state, heard.answer) == ("carried", "bound")
    assert "阿明" in answering.text(ids, [heard])
    now_in = client.get(asked.request["PATH_INFO"] + "?" + asked.request["QUERY_STRING"], follow=True)
    assert now_in.request["PATH_INFO"].endswith(f"/{row.pk}/") and "阿明" in text(now_in)
    assert "/#login" in text(now_in)
    done = client.post(now_in.request["PATH_INFO"], {"do": "vote", "options": "栗子", "key": "k"}, follow=True)
    assert "投票成功" in text(done)
    assert "以 <bdi>阿明</bdi> 的身份继续" in text(client.get(place)), "the door knows them"


def test_a_name_waits_for_staff_who_may_take_back_what_they_said(here, outside):
    ming, row, client, boss = member(here, "阿明"), vote(here), phone(), hire(here.workspace)
    _, token = door(row, here)
    walk(client, f"/in/oidc/?d={token}")
    assert client.post("/in/who", {"d": token, "name": "没有的人"}).status_code == 422
    waits = client.post("/in/who", {"d": token, "name": "阿明"}, follow=True)
    assert "等他们确认后" in text(waits)
    assert client.get(f"/in/?d={token}", follow=True).request["PATH_INFO"] == "/in/who", "nobody yet"
    desk, place = browser(boss), reverse("logins", args=[here.workspace.slug])
    assert "自报名字" in text(desk.get(place)) and "1 个待确认" in text(
        desk.get(f"/w/{here.workspace.slug}/activities")
    )
    which = {"which": str(Login.objects.get().pk)}
    assert "从现在起可以直接登录" in text(desk.post(place, which | {"do": "confirm"}, follow=True))
    page = client.get(f"/in/?d={token}", follow=True)
    assert page.request["PATH_INFO"].endswith(f"/{row.pk}/")
    desk.post(place, which | {"do": "take_back"})
    assert client.get(page.request["PATH_INFO"]).status_code == 410, "shut at once"
    desk.post(place, which | {"do": "decline"})
    assert Login.objects.get().state == DECLINED
    refused = client.post("/in/who", {"d": token, "name": "阿明"})
    assert refused.status_code == 422 and "不是你本人" in text(refused)
    assert "不在了" in text(desk.post(place, which | {"do": "confirm"}, follow=True)), "first it is taken back"
    desk.post(place, which | {"do": "take_back"})
    desk.post(place, which | {"do": "confirm"})
    assert Login.objects.get().identity == ming
    wanted = ["bind", "take_back", "decline", "take_back", "bind"]
    assert [e.what for e in Entry.objects.filter(what__startswith="login.").order_by("created")] == [
        f"login.{what}" for what in wanted
    ]
    assert "把登录绑定到成员" in text(desk.get(f"/w/{here.workspace.slug}/log"))


def test_staff_limited_to_other_groups_see_and_decide_nothing(here):
    ming, other = member(here, "阿明"), group(here.workspace, "别的群")
    login.claim(login.ask(SELF, here, now=clock.now()), ming, now=clock.now())
    desk = browser(hire(here.workspace, "host", groups=[other]))
    place = reverse("logins", args=[here.workspace.slug])
    assert "阿明" not in text(desk.get(place))
    desk.post(place, {"which": str(Login.objects.get().pk), "do": "confirm"})
    assert Login.objects.get().state == WAITING


def test_who_shares_a_friends_code_keeps_it_over_the_login(here, outside):
    ming, row, client = member(here, "阿明"), vote(here), phone()
    bound(client, ming)
    _, token = door(row, here)
    answer = walk(phone(), f"/in/oidc/?d={token}&code=abc", follow=False)
    assert answer["location"].endswith("?code=abc")


# by chat command


def test_a_code_is_read_out_of_the_chat_once_and_in_time(ids):
    ming, hong, now = member(ids, "阿明"), member(ids, "小红"), clock.now()
    row = login.ask(SELF, ids, now=now)
    assert login.ask(SELF, ids, now=now).code == row.code, "looked at again it is the same"
    for words in ("绑定我们的订单", "我绑定了", "绑定 12345", "#绑定 abc"):
        assert all(o.state == "refused" for o in said(ming, words))
    assert said(hong, f"绑定 {row.code}", at=now - timedelta(days=2))[0].answer == "bind_unknown", "said before it was"
    assert said(hong, f"绑定 {row.code}", at=now + timedelta(days=4))[0].answer == "bind_unknown", "said too late"
    wide = f"绑定：{row.code[:3]} {row.code[3:]}。".translate({ord(str(n)): ord("０") + n for n in range(10)})
    assert said(ming, wide, now=now + timedelta(days=6), at=now + timedelta(hours=1))[0].answer == "bound"
    assert said(hong, f"绑定 {row.code}")[0].answer == "bind_unknown", "it is used"
    assert Login.objects.get().identity == ming


def test_an_import_is_read_for_codes_while_nothing_is_on():
    """The way of a group run by hand: the member types, staff import the export later."""
    there_ = history.Group(workspace=local(now=NOW), created=NOW, name="g", network="qq", zone="Asia/Shanghai")
    there_.zone_source, there_.read_zone = "default", "Asia/Shanghai"
    there_.save()
    code_ = login.ask(SELF, there_, now=DAY.replace(tzinfo=UTC)).code
    take(there_, chat([row(1, sender="ann", text="早"), row(2, sender="bob", text=f"绑定 {code_}")]))
    hand = Hand("test", lambda: DAY.replace(tzinfo=UTC) + timedelta(days=5))
    for _ in range(2):
        listening.tick(hand)
    assert Login.objects.get(state=BOUND).identity.account == "bob"
    (told,) = Outgoing.objects.all()
    assert "bob" in told.text, "the group is told once"
    take(there_, chat([row(3, sender="eve", text=f"绑定 {code_}")]))
    listening.tick(hand)
    assert Login.objects.get().identity.account == "bob"


def test_where_the_record_has_names_only_a_code_waits_for_staff(here):
    """Anybody may bear a name for a minute: without ids of the network it is no proof."""
    ming, now = member(here, "阿明"), clock.now()
    row = login.ask(SELF, here, now=now)
    assert said(ming, f"绑定 {row.code}")[0].answer == "bind_waits"
    kept = Login.objects.get()
    assert (kept.state, kept.via, kept.identity) == (WAITING, "chat", ming)
    login.confirm(kept, by=hire(here.workspace).account, now=now)
    assert login.member_in(here, SELF)[1] == ming


def test_the_paste_box_takes_a_code_and_says_what_came_of_it(here):
    member(here, "阿明")
    row = login.ask(SELF, here, now=clock.now())
    desk, place = browser(hire(here.workspace)), reverse("listen", args=[here.pk])
    assert "请到“成员登录”里确认" in text(desk.post(place, {"text": f"阿明: 绑定 {row.code}"}))
    assert "没有登录在等这个码" in text(desk.post(place, {"text": "阿明: 绑定 000000"}))


def test_codes_are_not_guessed(ids):
    ming, row = member(ids, "阿明"), login.ask(SELF, ids, now=clock.now())
    tries = [Line(ming, f"绑定 {n:06}", clock.now(), str(n)) for n in range(20) if f"{n:06}" != row.code]
    tries.append(Line(ming, f"绑定 {row.code}", clock.now(), "right"))
    assert {o.answer for o in carrying.carry_out(ids, tries, via="chat", now=clock.now())} == {"bind_unknown"}


def test_a_code_of_another_group_is_nothing(ids):
    row, other = login.ask(SELF, ids, now=clock.now()), group(ids.workspace, "别的群")
    assert said(member(other, "阿明"), f"绑定 {row.code}")[0].answer == "bind_unknown"


def test_strangers_cannot_fill_the_list(here, monkeypatch):
    monkeypatch.setattr(login, "MOST_WAITING", 3)
    for n in range(3):
        login.ask(Proven("x", str(n)), here, now=clock.now())
    with pytest.raises(login.Crowded):
        login.ask(Proven("x", "9"), here, now=clock.now())
    login.sweep(clock.now() + login.KEPT + timedelta(hours=1))
    assert login.ask(Proven("x", "9"), here, now=clock.now()).code


# what a server outside must not get away with


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another question"},
        {"nonce": None},
        {"aud": "somebody-else"},
        {"aud": ["huoqun", "somebody-else"]},
        {"azp": "somebody-else"},
        {"iss": "https://evil.example.org"},
        {"exp": timedelta(minutes=-10)},
        {"exp": None},
        {"iat": timedelta(days=1)},
        {"sub": ""},
        {"sub": None},
        {"sub": 7},
        {"sub": "x" * 300},
    ],
    ids=str,
)
def test_a_token_that_is_not_for_us_now_proves_nobody(here, outside, claims):
    ming, client = member(here, "阿明"), phone()
    now = clock.now()
    outside.claims = {name: now + value if isinstance(value, timedelta) else value for name, value in claims.items()}
    answer = walk(client, f"/in/oidc/?m={own(ming)}")
    assert answer.status_code == 403 and "不可信" in text(answer)
    assert not client.cookies.get("hq-member") and not Login.objects.exists()


def test_a_token_that_nobody_signed_or_a_stranger_proves_nobody(here, outside):
    ming, stranger = member(here, "阿明"), rsa.generate_private_key(public_exponent=65537, key_size=2048)
    public = KEY.public_key().public_numbers()
    for sign in (
        lambda told: jwt.encode(told, None, "none"),
        lambda told: jwt.encode(told, "hush" * 20, "HS256", headers={"kid": "1"}),
        lambda told: jwt.encode(told, str(public.n), "HS256", headers={"kid": "1"}),
        lambda told: jwt.encode(told, stranger, "RS256", headers={"kid": "1"}),
        lambda told: jwt.encode(told, KEY, "RS256", headers={"kid": "unknown"}),
        lambda told: jwt.encode(told, KEY, "RS256", headers={"kid": "1"})[:-8] + "AAAAAAAA",
        lambda told: "no token at all",
    ):
        outside.token = sign
        assert walk(phone(), f"/in/oidc/?m={own(ming)}").status_code == 403


def test_an_answer_that_this_browser_did_not_ask_for_is_refused(here, outside):
    ming, client, other = member(here, "阿明"), phone(), phone()
    back = there(client.get(f"/in/oidc/?m={own(ming)}")["location"])
    assert other.get(back).status_code == 400, "a link that logs somebody in as the one who made it"
    assert client.get(back.replace("state=", "state=0")).status_code == 400
    assert client.get(back.split("?")[0]).status_code == 400
    assert client.get(back).status_code == 302
    assert client.get(back).status_code == 400, "the same answer again"
    outside.reuse = True
    kept = phone()
    gone = kept.get(f"/in/oidc/?m={own(ming)}")
    asked, back = kept.cookies["hq-asked"].value, there(gone["location"])
    assert kept.get(back).status_code == 302
    kept.cookies["hq-asked"] = asked
    assert kept.get(back).status_code == 400, "even with the cookie kept, and a server that takes codes twice"
    kept.cookies["hq-asked"] = asked[:-2] + "xx"
    assert kept.get(back).status_code == 400


def test_who_says_no_there_is_told_and_nothing_happens(here, outside):
    client = phone()
    gone = client.get(f"/in/oidc/?m={own(member(here, '阿明'))}")
    state = re.search("state=([0-9a-f]+)", gone["location"])[1]
    answer = client.get(f"/in/oidc/back?error=access_denied&state={state}")
    assert answer.status_code == 403 and "没有登录成功" in text(answer)
    assert "/in/?m=" in text(answer), "they can try again"


def test_a_server_that_is_ill_or_another_one_is_told_of(here, outside):
    ming = member(here, "阿明")
    for broken in (lambda: None, list, lambda: {"issuer": outside.address}, lambda: {"issuer": "https://evil"}):
        outside.configuration = broken
        answer = phone().get(f"/in/oidc/?m={own(ming)}")
        assert answer.status_code == 502
        assert "hush" not in text(answer)
    client = phone()
    del outside.configuration
    back = there(client.get(f"/in/oidc/?m={own(ming)}")["location"])
    outside.end()
    assert client.get(back).status_code == 502
    outside.server.server_close = outside.server.shutdown = lambda: None


def test_a_server_that_wants_the_secret_in_the_head_gets_it_there(here, outside):
    outside.methods = ["client_secret_basic"]
    outside.who.pop("name")
    assert walk(phone(), f"/in/oidc/?m={own(member(here, '阿明'))}").status_code == 200


def test_userinfo_of_somebody_else_is_not_believed(outside):
    (issuer,) = outside.issuer()
    given, about = {"access_token": "opens"}, outside.configuration()
    assert openid._looked_up(about, given, "7") == "Ming"
    with pytest.raises(NotProven):
        openid._looked_up(about, given, "8")
    assert "hush" not in repr(issuer)


# WeChat


def test_inside_wechat_a_member_logs_in_with_wechat(here, wechat):
    ming, client = member(here, "阿明"), phone(**{"user-agent": IN_WECHAT})
    bound(client, ming, "wechat")
    row = Login.objects.get()
    assert (row.issuer, row.subject, row.union, row.name) == ("weixin:wx1", "o-wx1-ming", "", "")
    later = phone(**{"user-agent": IN_WECHAT})
    assert "阿明" in text(walk(later, "/in/wechat/"))
    page = text(phone().get(f"/m/{own(ming)}/"))
    assert "请在微信里打开这一页" in page and "/in/wechat/?m" not in page


def test_wechats_unionid_joins_the_official_account_and_the_website(here, wechat, settings):
    ming = member(here, "阿明")
    site = wechat.issuer(SITE, "snsapi_login", False, "wx2")
    settings.MEMBER_ISSUERS = (wechat.issuer(scope=USERINFO), site)
    bound(phone(**{"user-agent": IN_WECHAT}), ming, "wechat")
    assert Login.objects.get().name == "阿明🎈"
    computer = phone()
    assert "/in/wechat-site/" in text(computer.get("/in/"))
    assert "阿明" in text(walk(computer, "/in/wechat-site/")), "known by the unionid, bound once"
    wechat.human = "hong"
    assert "还没有绑定" in text(walk(phone(), "/in/wechat-site/"))


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"is_snapshotuser": 1}, "快照"),
        ({"openid": ""}, "不可信"),
        ({"openid": 7}, "不可信"),
        ({"errcode": 40163, "errmsg": "code been used"}, "不可信"),
    ],
)
def test_what_wechat_does_not_say_for_sure_proves_nobody(here, wechat, more, words):
    wechat.more = more
    client = phone(**{"user-agent": IN_WECHAT})
    answer = walk(client, f"/in/wechat/?m={own(member(here, '阿明'))}")
    assert answer.status_code == 403 and words in text(answer)
    assert not client.cookies.get("hq-member")


def test_the_secret_of_wechat_is_in_no_log(here, wechat, caplog):
    client = phone(**{"user-agent": IN_WECHAT})
    back = there(client.get(f"/in/wechat/?m={own(member(here, '阿明'))}")["location"])
    wechat.end()
    assert client.get(back).status_code == 502
    assert "wechat" in caplog.text and "hush" not in caplog.text
    wechat.server.server_close = wechat.server.shutdown = lambda: None


def test_wechat_finds_the_file_that_proves_the_domain(settings):
    settings.WECHAT_PROOF = "MP_verify_a1B2c3D4e5F6g7H8.txt"
    answer = phone().get("/MP_verify_a1B2c3D4e5F6g7H8.txt")
    assert (answer.status_code, text(answer)) == (200, "a1B2c3D4e5F6g7H8")
    assert phone().get("/MP_verify_other.txt").status_code == 404


# members are no staff, and staff no members


def test_a_members_login_opens_nothing_of_staff_nor_the_other_way(here, outside):
    ming, client, boss = member(here, "阿明"), phone(), hire(here.workspace)
    bound(client, ming)
    assert client.get(f"/w/{here.workspace.slug}/").status_code == 302
    assert Account.objects.count() == 1 and "huoqun_session" not in client.cookies
    desk = browser(boss)
    assert "还没有绑定" not in text(desk.get("/in/")) and "阿明" not in text(desk.get("/in/"))
    outside.who = {"sub": "8", "email": boss.account.email, "email_verified": True, "name": "Boss"}
    other = phone()
    assert "还没有绑定" in text(walk(other, "/in/oidc/")), "an address of staff is nobody here"
    assert other.get(f"/w/{here.workspace.slug}/").status_code == 302
    assert phone().get("/account/oidc/oidc/login/").status_code == 404, "staff's library does not know the server"


def test_another_workspace_learns_nothing(here, outside):
    ming, client = member(here, "阿明"), phone()
    bound(client, ming)
    theirs = group(add(name="别家", zone="Asia/Shanghai", now=clock.now()))
    member(theirs, "阿明")
    row = vote(theirs)
    _, token = door(row, theirs)
    page = client.get(f"/in/?d={token}", follow=True)
    assert page.request["PATH_INFO"] == "/in/who", "the same name there is somebody else"
    assert login.member_in(theirs, SELF) is None
    assert Login.objects.get(group=theirs).identity is None
    over = code.over(Login.objects.get(group=here), theirs, now=clock.now())
    assert client.get(reverse("member", args=[over])).status_code == 410


def test_who_has_left_is_refused(here, outside):
    ming, client = member(here, "阿明"), phone()
    place = bound(client, ming).request["PATH_INFO"]
    Membership.objects.filter(identity=ming).update(left=clock.now())
    assert client.get(place).status_code == 410
    assert "还没有绑定" in text(walk(phone(), "/in/oidc/"))
    _, token = door(vote(here), here)
    assert walk(client, f"/in/oidc/?d={token}").request["PATH_INFO"] == "/in/who"


def test_links_made_anew_let_go_of_logins_too(here, outside):
    ming, client = member(here, "阿明"), phone()
    place = bound(client, ming).request["PATH_INFO"]
    code.renew(ming, by=hire(here.workspace).account, now=clock.now())
    assert client.get(place).status_code == 410
    assert not Login.objects.exists()


def test_a_merge_moves_the_login_and_taking_it_back_moves_it_back(here, outside):
    now, other = clock.now(), group(here.workspace, "第二个群")
    ming, there_ = member(here, "阿明"), member(other, "明明")
    client = phone()
    bound(client, ming)
    _, token = door(vote(other), other)
    assert client.get(f"/in/?d={token}", follow=True).request["PATH_INFO"] == "/in/who"
    same = merge.merge(there_.person, ming.person, by=None, now=now)
    inside = client.get(f"/in/?d={token}", follow=True)
    assert "明明" in text(inside)
    assert text(client.get("/in/")).count("/m/") == 2, "both groups, to choose from"
    assert borne(code.read(code.over(Login.objects.get(group=here), other, now=now), now=now)) == [
        code.as_bearer(there_)
    ]
    merge.unmerge(same, by=None, now=now)
    assert client.get(inside.request["PATH_INFO"]).status_code == 410


def test_my_data_says_how_i_log_in_and_forgetting_takes_it_away(here, outside):
    ming, client = member(here, "阿明"), phone()
    bound(client, ming)
    (told,) = belongings.of(ming)["logins"]
    assert (told["subject"], told["name"], told["group"]) == ("7", "Ming", here.name)
    assert forgotten.holdings(ming.person)["login"] == 1
    ming.delete()
    assert not Login.objects.exists()


# by anybody, with anything


def test_it_is_paced(here, outside, monkeypatch):
    monkeypatch.setattr("huoqun.web.member_login.MOST_LOGINS", 3)
    client = phone()
    assert [client.get("/in/oidc/").status_code for _ in range(5)] == [302, 302, 302, 429, 429]
    monkeypatch.setattr("huoqun.web.member_login.MOST_LOGINS", 300)
    monkeypatch.setattr("huoqun.web.member_login.MOST_NAMES", 2)
    _, token = door(vote(here), here)
    walk(client, f"/in/oidc/?d={token}")
    said_ = [client.post("/in/who", {"d": token, "name": str(n)}).status_code for n in range(4)]
    assert said_ == [422, 422, 429, 429]


def test_without_a_server_named_there_is_no_login(here):
    token = own(member(here, "阿明"))
    assert "我的登录方式" not in text(phone().get(f"/m/{token}/"))
    assert phone().get("/in/").status_code == 404
    assert phone().get("/in/oidc/").status_code == 404
    assert "还没有设置成员登录" in text(browser(hire(here.workspace)).get(f"/w/{here.workspace.slug}/logins"))


def test_the_environment_names_the_servers():
    told = {"HUOQUN_WECHAT_ID": "wx1", "HUOQUN_WECHAT_SECRET": "s", "HUOQUN_WECHAT_SITE_ID": "wx2"}
    told |= {"HUOQUN_MEMBER_OIDC_URL": "https://id.example.org", "HUOQUN_MEMBER_OIDC_CLIENT": "c"}
    assert [each.id for each in issuers(told)] == ["wechat", "wechat-site", "oidc"]
    assert issuers({}) == ()
    assert [i.id for i in issuers(told) if i.fits(IN_WECHAT)] == ["wechat", "oidc"]
    assert [i.id for i in issuers(told) if i.fits("Mozilla/5.0 Firefox")] == ["wechat-site", "oidc"]
    place = asked_of_wechat(issuers(told)[0])
    assert place.startswith("https://open.weixin.qq.com/connect/oauth2/authorize?appid=wx1&redirect_uri=")
    assert place.endswith("&state=ab#wechat_redirect")


def test_the_doctor_says_what_is_missing():
    told = {"HUOQUN_WECHAT_ID": "wx1", "HUOQUN_WECHAT_PROOF": "https://x/MP_verify_1.txt"}
    told |= {"HUOQUN_MEMBER_OIDC_URL": "http://id.example.org", "HUOQUN_MEMBER_OIDC_CLIENT": "c"}
    assert [bool(c.mend) for c in checked.logins(told)] == [True, True, True]
    told |= {"HUOQUN_WECHAT_SECRET": "s", "HUOQUN_MEMBER_OIDC_SECRET": "s", "HUOQUN_WECHAT_PROOF": "MP_verify_1.txt"}
    assert [bool(c.mend) for c in checked.logins(told)] == [False, True], "not over HTTPS"
    assert not list(checked.logins({}))


def asked_of_wechat(issuer: Issuer):
    """Where WeChat is asked, which takes no look at the server."""
    return weixin.leave(issuer, back="https://g.example.org/in/wechat/back", state="ab", nonce="", verifier="")


@how(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(["/in/", "/in/oidc/", "/in/oidc/back", "/in/bind", "/in/who", "/in/none/"]),
    st.dictionaries(st.sampled_from(["m", "d", "code", "state", "error", "name", "which"]), st.text(max_size=60)),
    st.text(max_size=80),
    st.booleans(),
)
def test_whatever_is_sent_is_answered(outside, place, form, cookie, post):
    client = phone()
    client.cookies["hq-asked"] = client.cookies["hq-member"] = cookie.encode("ascii", "ignore").decode()
    answer = client.post(place, form) if post else client.get(place, form)
    assert answer.status_code in {200, 302, 400, 403, 404, 405, 410, 429}
    assert not Login.objects.exists()
