import pytest

from query.understand.limits import Limits

Values = tuple[float, ...]


def _read(text: str, currency: str | None = "USD") -> list[tuple[str, Values]]:
    return [
        (one.kind, tuple(amount.value for amount in one.amounts)) for one in Limits(currency)(text)
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("headphones under $50", ("upper", (50.0,))),
        ("headphones below 50 dollars", ("upper", (50.0,))),
        ("shoes less than 50", ("upper", (50.0,))),
        ("shoes not more than $40", ("upper", (40.0,))),
        ("50 inch tv under 500", ("upper", (500.0,))),
        ("tv under 500 with stand", ("upper", (500.0,))),
        ("lamp max 30€", ("upper", (30.0,))),
        ("lamp under $49.99", ("upper", (49.99,))),
        ("laptop under $1,000", ("upper", (1000.0,))),
        ("laptop under $1k", ("upper", (1000.0,))),
        ("desk $50 or less", ("upper", (50.0,))),
        ("desk priced under 200", ("upper", (200.0,))),
        ("lamp over 100$", ("lower", (100.0,))),
        ("desk 50 dollars and up", ("lower", (50.0,))),
        ("pillow 50-100 euro", ("between", (50.0, 100.0))),
        ("gift between 20 and 40 usd", ("between", (20.0, 40.0))),
        ("lamp $20 - $30", ("between", (20.0, 30.0))),
        ("$20-30 lamp", ("between", (20.0, 30.0))),
        ("laptop $500 to $800", ("between", (500.0, 800.0))),
        ("watch price 100-200", ("between", (100.0, 200.0))),
        ("watch under usd 200", ("upper", (200.0,))),
        ("watch usd200", ("spent", (200.0,))),
        ("watch rmb 100-200", ("between", (100.0, 200.0))),
        ("watch price 100..200", ("between", (100.0, 200.0))),
        ("watch $100..$200", ("between", (100.0, 200.0))),
        ("watch $100...200", ("between", (100.0, 200.0))),
        ("2千5以内的电脑", ("upper", (2500.0,))),
        ("1万5千以内的电脑", ("upper", (15_000.0,))),
        ("一点五万以下的电脑", ("upper", (15_000.0,))),
        ("十九点九元的毛巾", ("spent", (19.9,))),
        ("desk around $50", ("about", (50.0,))),
        ("gifts for kids under $20", ("upper", (20.0,))),
        ("200元以内耳机", ("upper", (200.0,))),
        ("耳机 200以内", ("upper", (200.0,))),
        ("不超过300元 枕头", ("upper", (300.0,))),
        ("五百元以下的手机", ("upper", (500.0,))),
        ("千元以下手机", ("upper", (1000.0,))),
        ("一千二以下的床垫", ("upper", (1200.0,))),
        ("1.5万以下电脑", ("upper", (15_000.0,))),
        ("不到100块的枕头", ("upper", (100.0,))),
        ("预算500元 床垫", ("upper", (500.0,))),
        ("预算500 床垫", ("upper", (500.0,))),
        ("100块以上的锅", ("lower", (100.0,))),
        ("100到200块的杯子", ("between", (100.0, 200.0))),
        ("¥50-100 毛巾", ("between", (50.0, 100.0))),
        ("价格100到200 被子", ("between", (100.0, 200.0))),
        ("介于100和200元之间的锅", ("between", (100.0, 200.0))),
        ("50元左右的毛巾", ("about", (50.0,))),
        ("laptop between 500 and 800", ("between", (500.0, 800.0))),
        ("被子100到300", ("between", (100.0, 300.0))),
        ("一百到三百的被子", ("between", (100.0, 300.0))),
        ("100-200的枕头", ("between", (100.0, 200.0))),
        ("50~100的毛巾", ("between", (50.0, 100.0))),
        ("价格在100和200之间的枕头", ("between", (100.0, 200.0))),
        ("300左右的枕头", ("about", (300.0,))),
        ("shoes 50 or less", ("upper", (50.0,))),
        ("printer under 19,99€", ("upper", (19.99,))),
        ("laptop under 1.299,50 euro", ("upper", (1299.5,))),
        ("laptop under $1,299.50", ("upper", (1299.5,))),
        ("laptop under five hundred dollars", ("upper", (500.0,))),
        ("headphones for under fifty", ("upper", (50.0,))),
        ("printer under a hundred", ("upper", (100.0,))),
        ("laptop between five hundred and a thousand dollars", ("between", (500.0, 1000.0))),
        ("laptop not exceeding $600", ("upper", (600.0,))),
        ("laptop that doesn't exceed $600", ("upper", (600.0,))),
        ("laptop maximum price 700", ("upper", (700.0,))),
        ("laptop with a budget of 600", ("upper", (600.0,))),
        ("headphones upwards of $100", ("lower", (100.0,))),
        ("laptop in the 500 dollar range", ("about", (500.0,))),
        ("500元价位椅子", ("about", (500.0,))),
        ("500预算 椅子", ("upper", (500.0,))),
        ("$500 laptop", ("spent", (500.0,))),
        ("laptop for $500", ("spent", (500.0,))),
        ("laptop 500 dollars", ("spent", (500.0,))),
        ("headphones €50", ("spent", (50.0,))),
        ("100元的毛巾", ("spent", (100.0,))),
        ("100块的枕头", ("spent", (100.0,))),
        ("五百元的手机", ("spent", (500.0,))),
    ],
)
def test_what_is_a_price(text: str, found: tuple[str, Values]) -> None:
    """A comparison with money, or with a bare number that counts nothing, is a price."""
    assert _read(text) == [found]


@pytest.mark.parametrize(
    "text",
    [
        *("iphone 12", "under desk treadmill", "over ear headphones", "under armour", "air max 90"),
        *("less than 5 mm", "100 pack", "below knee boots", "rug under 5 feet", "1984 book"),
        *("under 5 gallon tank", "$50 gift card", "100 dollar bill print", "up to 50", "max 7"),
        *("multivitamin for women over 50", "toys for kids under 5", "men over 60 birthday"),
        *("gifts for men under 50", "dumbbells under 50 pounds", "50-100 pack", "size 10-12"),
        *("from 20 to 30 inch", "2-in-1", "5-7 days", "3 to 6 months", "under 100 watts"),
        *("under 50% off", "under 500 piece puzzle", "below 0 sleeping bag", "under 18 soccer"),
        *("iphone 13 pro max 256", "over the door hook", "above ground pool 12", "heel under 2.5"),
        *("speakers over 100", "under 1/2 inch", "sizes under 5'", "under 12v", "50-inch under"),
        *("20寸以内的箱子", "千元机", "5岁以下玩具", "3块香皂", "2-3块装香皂", "1.5米床", "100%棉"),
        *("160*230地毯", "不到500毫升的杯子", "一千零一夜", "三人以上沙发", "100ml以下", "10-20升"),
        *("不超过20寸的箱子", "二次元", "元气森林", "无印良品", "拼图300到500片", "裤子30到36"),
        *("canon 100-400", "laptop between 13 and 15", "photos between 1920 and 1950"),
        *("five dollar gift", "million dollar baby", "under one roof", "$100 bill stickers"),
        *("$20 off headphones", "less than zero", "seven for all mankind", "50 cent poster"),
        *("google play gift card $50", "1000块拼图", "一元店", "二元酸", "100元话费", "三元牛奶"),
        *("35-40的鞋", "110-120的童装", "2020-2024的日历", "3-6的积木", "镜头100-200"),
        *("sneakers eur 45", "usd charger 20w"),
        *("5元宵", "two and a half men", "women over forty", "more than ten songs"),
        *("resistor between 100 and 470 ohm", "women size 40 or under", "200左右两只装"),
    ],
)
def test_what_is_no_price(text: str) -> None:
    """Bare numbers, sizes, ages, counts and model numbers are never prices."""
    assert _read(text) == []


def test_pounds_are_money_in_pounds_alone() -> None:
    """Elsewhere they are a weight."""
    assert _read("shoes under 50 pounds", "GBP") == [("upper", (50.0,))]
    assert _read("shoes under 50 pounds", "USD") == []
    assert _read("5 pounds dumbbell", "GBP") == []
    assert _read("shoes under £50", "USD") == [("upper", (50.0,))]


def test_a_bare_lower_limit_needs_an_upper_one() -> None:
    """A bare "over 50" is an age as often as a price; between two limits it is a price."""
    assert _read("jacket over 20") == []
    assert _read("jacket over 20 under 50") == [("lower", (20.0,)), ("upper", (50.0,))]
    assert _read("枕头大于100小于200") == [("lower", (100.0,)), ("upper", (200.0,))]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("lamp for under $20 in red", "for under $20"),
        ("lamp that costs less than 30", "that costs less than 30"),
        ("lamp, under $20", ", under $20"),
        ("lamp in the $20-$30 price range", "in the $20-$30 price range"),
        ("$100-$200 range hood", "$100-$200"),
        ("200元以内的耳机", "200元以内的"),
        ("desk and under $20", "and under $20"),
        ("毛巾但不超过50元的", "但不超过50元的"),
        ("laptop with a budget of 600", "with a budget of 600"),
        ("my budget is $600 laptop", "my budget is $600"),
        ("laptop in the $500 range", "in the $500 range"),
        ("laptop for $500", "for $500"),
    ],
)
def test_words_that_tie_the_price_go_with_it(text: str, words: str) -> None:
    """What joins a price to the rest is part of its expression."""
    (limit,) = Limits("USD")(text)
    assert text[limit.start : limit.end] == words
