"""Signs and names of currencies, and which each may mean, ISO 4217."""

SIGNS: dict[str, tuple[str, ...]] = {
    "us$": ("USD",),
    "$": ("USD", "CAD", "AUD", "NZD", "SGD", "HKD", "TWD", "MXN"),
    "€": ("EUR",),
    "£": ("GBP",),
    "¥": ("CNY", "JPY"),
    "₹": ("INR",),
    "₩": ("KRW",),
}
WORDS: dict[str, tuple[str, ...]] = {
    "dollars": SIGNS["$"],
    "dollar": SIGNS["$"],
    "bucks": SIGNS["$"],
    "usd": ("USD",),
    "euros": ("EUR",),
    "euro": ("EUR",),
    "eur": ("EUR",),
    "quid": ("GBP",),
    "gbp": ("GBP",),
    "rmb": ("CNY",),
    "cny": ("CNY",),
    "yuan": ("CNY",),
    "yen": ("JPY",),
    "jpy": ("JPY",),
    "rupees": ("INR",),
    "inr": ("INR",),
    "元": ("CNY",),
    "圆": ("CNY",),
    "块钱": ("CNY",),
    "块": ("CNY",),
    "人民币": ("CNY",),
    "美元": ("USD",),
    "美金": ("USD",),
    "欧元": ("EUR",),
    "英镑": ("GBP",),
    "日元": ("JPY",),
    "港币": ("HKD",),
    "港元": ("HKD",),
}
# Codes that stand before a number, too: "usd 200". EUR 45 is a size of shoes.
CODES = {code: WORDS[code] for code in ("usd", "gbp", "cny", "rmb", "jpy")}
MEANS = {**SIGNS, **WORDS}
