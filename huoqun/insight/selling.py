"""Selling: which messages try to sell something. A lexicon by meaning, not by customer; it reads no message of members.

A message sells when it names a price *and* asks to act, or carries two of: price, offer, call to buy, link or code to a
shop. One sign alone ("it costs 30 yuan", a link to an article) is talk. The words stand in `data/selling.json`, by
kind, so that an operator can add those of their trade.
"""

import json
from pathlib import Path

import polars as pl

WORDS = Path(__file__).parent / "data" / "selling.json"

PRICE = (
    r"(?:[¥￥$€£]\s?\d)|(?:\d+(?:\.\d+)?\s?(?:元|块钱?|rmb|cny|usd|dollars?|euros?|bucks)\b?)"
    r"|(?:\d{1,2}(?:\.\d)?\s?折)|(?:\d{1,2}\s?% ?off)|(?:原价|现价|到手价|券后|秒杀价|拼团价|团购价|会员价|特价|售价)"
)
SHOP = (
    r"(?:taobao|tmall|jd|pinduoduo|yangkeduo|youzan|weidian|amazon|shopify|etsy|gumroad|xiaoe-tech)\.(?:com|cn|io|hk)"
    r"|m\.tb\.cn|u\.jd\.com|mall\.|shop\.|/(?:product|item|goods|checkout|order|buy)s?[/?]|#小程序://|[（(¥￥]\w{11}[)）¥￥]"
)
"""Addresses of shops, mini-programme links, and the pass phrases Chinese shops hide links in."""


def lexicon() -> dict[str, list[str]]:
    """Words by kind: `offer`, `buy`."""
    words: dict[str, list[str]] = json.loads(WORDS.read_text(encoding="utf-8"))
    return words


def selling(text: pl.Expr) -> pl.Expr:
    """Whether a text sells."""
    low = text.str.to_lowercase()
    words = lexicon()
    price = low.str.contains(PRICE)
    offer = low.str.contains_any(words["offer"])
    buy = low.str.contains_any(words["buy"])
    shop = low.str.contains(SHOP)
    return (price.cast(pl.UInt8) + offer.cast(pl.UInt8) + buy.cast(pl.UInt8) + shop.cast(pl.UInt8)) >= 2
