import pytest
from hypothesis import given
from plugins.queries import TEXTS
from plugins.shelf import catalogue

from query.understand.interpretation import Interpretation, understand
from query.understand.negation import Negation
from query.understand.normalise import Normalise
from query.understand.price import Price
from query.understand.vocabulary import PhraseCount
from query.understand.words import keys

STEP = Negation()


def _titles(**pairs: int) -> PhraseCount:
    """Return counts of title pairs: `_titles(no_show=3)`."""
    return lambda one, other: pairs.get(f"{one}_{other}", 0)


def _read(text: str, step: Negation = STEP) -> tuple[str, tuple[str, ...]]:
    query = step(Interpretation.of(text))
    return query.asked, query.avoided


@pytest.mark.parametrize(
    ("text", "asked", "avoided"),
    [
        ("leather belt without buckle", "leather belt", ("buckle",)),
        ("lamp without a cord", "lamp", ("cord",)),
        ("watch w/o strap", "watch", ("strap",)),
        ("chair without arms in white", "chair in white", ("arms",)),
        ("purse with no handle for women", "purse for women", ("handle",)),
        ("belt no buckle", "belt", ("buckle",)),
        ("silicone not clear", "silicone", ("clear",)),
        ("table but not glass", "table", ("glass",)),
        ("phones except apple", "phones", ("apple",)),
        ("phone excluding samsung", "phone", ("samsung",)),
        ("phones other than apple", "phones", ("apple",)),
        ("tortillas without soybean oil", "tortillas", ("soybean oil",)),
        ("sandals without heels or straps", "sandals", ("heels", "straps")),
        ("paste without fluoride and sugar", "paste", ("fluoride", "sugar")),
        ("desk without drawers without wheels", "desk", ("drawers", "wheels")),
        ("mat without holes, black", "mat , black", ("holes",)),
        ("不含糖的饮料", "饮料", ("糖",)),
        ("饮料不含糖", "饮料", ("糖",)),
        ("不带盖子的杯子", "杯子", ("盖子",)),
        ("毛巾 不要红色", "毛巾", ("红色",)),
        ("没有轮子的箱子", "箱子", ("轮子",)),
        ("不含糖和酒精的饮料", "饮料", ("糖", "酒精")),
        ("箱子 除黑色以外", "箱子", ("黑色",)),
        ("除了黑色的箱子", "箱子", ("黑色",)),
        ("不是羽绒的被子", "被子", ("羽绒",)),
        ("不加糖的豆浆", "豆浆", ("糖",)),
        ("猫砂 没有 味道", "猫砂", ("味道",)),
        ("no show socks no seam", "no show socks", ("seam",)),
        ("dress that isn't black", "dress", ("black",)),
        ("dress that is not black", "dress", ("black",)),
        ("dress doesn't have sleeves", "dress", ("sleeves",)),
        ("dress i don't want black", "dress", ("black",)),
        ("sofa that does not need assembly", "sofa", ("assembly",)),
        ("vacuum apart from dyson", "vacuum", ("dyson",)),
        ("sneakers anything but nike", "sneakers", ("nike",)),
        ("headphones rather than earbuds", "headphones", ("earbuds",)),
        ("shoes -nike -adidas", "shoes", ("nike", "adidas")),
        ("被子 别要羽绒", "被子", ("羽绒",)),
        ("我不想要红色的毛巾", "毛巾", ("红色",)),
        ("不用电的牙刷", "牙刷", ("电",)),
        ("被子 羽绒除外", "被子", ("羽绒",)),
        ("毛巾 红色的不要", "毛巾", ("红色",)),
    ],
)
def test_negation(text: str, asked: str, avoided: tuple[str, ...]) -> None:
    """A negated phrase is avoided, to its end and no further; the rest is asked for."""
    assert _read(text) == (asked, avoided)


@pytest.mark.parametrize(
    "text",
    [
        *("sugar free candy", "gluten free bread", "no show socks", "ankle socks no show"),
        *("no 7 mascara", "chanel no 5 perfume", "chanel no. 5", "no-slip socks", "non stick pan"),
        *("non slip mat", "no name rice", "not your mother's shampoo", "snack no sugar added"),
        *("watch the game not your phone tshirt", "harness no pull large", "gifts not for kids"),
        *(
            "it does not shrink",
            "there is no smell",
            "mat is not for use",
            "wordless book",
            "nonstick",
            "notebook",
            "north face",
            "casino",
            "lamp without",
        ),
        *("无线耳机", "无糖饮料", "免洗内裤", "无印良品 毛巾", "不粘锅", "有没有防水的包"),
        *(
            "床垫不要太硬",
            "除菌指甲护理",
            "饮料 无糖",
            "是不是羽绒被",
            "不加热的饭盒",
        ),
        *("shirt i don't need therapy", "don't let the pigeon drive", "this is not my hat"),
        *("it isn't easy being green", "sign not for sale", "usb -c cable", "lamp - black"),
        *("毛巾 要不要", "要不要毛巾"),
        *("tea not without sugar", "case without no logo", "不要不含糖的零食", "没有不好的味道"),
    ],
)
def test_what_is_no_negation(text: str) -> None:
    """Names, compound adjectives, slogans and promises ask for what they say."""
    query = Interpretation.of(text)
    assert STEP(query) is query


@pytest.mark.parametrize(
    "text",
    [
        *("without sugar", "不含糖", "without salt or sugar without milk"),
        *("no sugar no salt", "no sugar no salt snacks"),
    ],
)
def test_only_negation(text: str) -> None:
    """Where nothing else is asked for the words stay, and that is said."""
    query = STEP(Interpretation.of(text))
    assert (query.asked, query.avoided) == (text, ())
    assert all("nothing else" in one.effect for one in query.findings)


def test_what_is_asked_for_is_not_avoided() -> None:
    """The same word cannot speak for a product and against it."""
    query = STEP(Interpretation.of("tool case without tools"))
    assert (query.asked, query.avoided) == ("tool case", ())
    assert query.findings[0].effect == "not avoided: it is asked for, too"


def test_evidence() -> None:
    """The finding has the words with what ties them, the cue and what is avoided."""
    (finding,) = STEP(Interpretation.of("purse with no handle")).findings
    assert (finding.kind, finding.text) == ("negation", "with no handle")
    assert (finding.source, finding.effect) == ('the word "no"', "avoids handle")


def test_titles_tell_names() -> None:
    """The words "no X" are a name where titles say it, and do not say "with X"."""
    name = Negation(_titles(no_grow=3))
    assert _read("socks no grow", name) == ("socks no grow", ())
    part = Negation(_titles(no_buckle=3, with_buckle=9))
    assert _read("belt no buckle", part) == ("belt", ("buckle",))


@pytest.mark.parametrize(
    ("text", "asked", "avoided"),
    [
        ("no underwire bra", "bra", ("underwire",)),
        ("no underwire push up bra", "push up bra", ("underwire",)),
        ("no show socks", "no show socks", ()),
        ("no boundaries jeans", "no boundaries jeans", ()),
        ("no underwire", "no underwire", ()),
        ("no café table", "table", ("café",)),
        ("not underwire bra", "bra", ("underwire",)),
        ("not your mother's bra", "not your mother's bra", ()),
    ],
)
def test_what_a_query_begins_with(text: str, asked: str, avoided: tuple[str, ...]) -> None:
    """The first word is unwanted where titles have it before the second, and less often behind "no"."""
    pairs = _titles(underwire_bra=9, no_underwire=2, underwire_push=3, show_socks=9, no_show=9)
    cafe = _titles(cafe_table=3)
    step = Negation(lambda one, other: pairs(one, other) or cafe(one, other))
    assert _read(text, step) == (asked, avoided)


@pytest.mark.parametrize(
    ("text", "asked", "avoided"),
    [
        ("非羊毛的毯子", "毯子", ("羊毛",)),
        ("非常好的毯子", "非常好的毯子", ()),
        ("非洲菊的种子", "非洲菊的种子", ()),
        ("非油炸的方便面", "非油炸的方便面", ()),
        ("非羊毛毯子", "非羊毛毯子", ()),
        ("非黑色鞋子", "鞋子", ("黑色",)),
        ("非常红色的鞋子", "非常红色的鞋子", ()),
        ("黑色以外的鞋", "鞋", ("黑色",)),
        ("鞋 黑色之外的", "鞋", ("黑色",)),
        ("除黑色以外的鞋", "鞋", ("黑色",)),
        ("意料之外的爱情", "意料之外的爱情", ()),
        ("黑色以外", "黑色以外", ()),
    ],
)
def test_what_a_chinese_query_begins_with(text: str, asked: str, avoided: tuple[str, ...]) -> None:
    """What stands before 的 is unwanted where no title says so."""
    assert _read(text, Negation(_titles(非_油=3, 料_之=1))) == (asked, avoided)


def test_a_price_before_a_name() -> None:
    """What was taken out before does not stand before."""
    query = understand("under $20 no show socks", [Price(catalogue()), STEP])
    assert (query.asked, query.avoided) == ("no show socks", ())


def test_words_with_accents_end_a_phrase() -> None:
    """Titles are asked without them, the text has them."""
    step = Negation(_titles(without_creme=9, with_creme=3))
    assert _read("cake without crème filling", step) == ("cake filling", ("crème",))


def test_titles_of_works() -> None:
    """The words "listen without prejudice" are a title that no product has with prejudice."""
    step = Negation(_titles(listen_without=2, without_prejudice=2))
    assert _read("listen without prejudice shirt", step)[1] == ()


def test_titles_tell_where_a_phrase_ends() -> None:
    """Titles that negate the first word by itself end the phrase there."""
    step = Negation(_titles(without_overflow=29, with_overflow=9, overflow_solid=2))
    asked = "drain solid brass", ("overflow",)
    assert _read("drain without overflow solid brass", step) == asked
    step = Negation(_titles(without_mesh=2, with_mesh=1, mesh_liner=9))
    assert _read("shorts without mesh liner", step) == ("shorts", ("mesh liner",))


def test_weak_cues_take_titles() -> None:
    """The cues "non", 无 and 免 are negations only where titles can tell, and do not have the word."""
    step = Negation(_titles(non_slip=5, 无_线=5))
    assert _read("belt non leather black", step) == ("belt black", ("leather",))
    assert _read("mat non slip", step) == ("mat non slip", ())
    assert _read("饮料 无糖", step) == ("饮料", ("糖",))
    assert _read("耳机 无线", step) == ("耳机 无线", ())
    assert _read("无糖饮料", step) == ("无糖饮料", ())


def test_not_for_takes_titles_that_are_for_it() -> None:
    """The words "not for X" are about the thing where titles have "for X"."""
    step = Negation(_titles(for_iphone=9))
    assert _read("charger not for iphone", step) == ("charger", ("iphone",))
    assert _read("gifts not for kids", step) == ("gifts not for kids", ())


def test_titles_tell_a_slip_from_a_minus() -> None:
    """A word that titles have behind the one before the minus was only typed badly."""
    step = Negation(_titles(t_shirt=9))
    assert _read("red t -shirt", step) == ("red t -shirt", ())
    assert _read("shirt -red", step) == ("shirt", ("red",))


def test_a_phrase_ends_at_a_price() -> None:
    """What another step took out belongs to no phrase."""
    steps = [Price(catalogue()), STEP]
    query = understand("snack without nuts under $20", steps)
    assert (query.asked, query.avoided) == ("snack", ("nuts",))
    query = understand("枕头 不要羽绒 200元以内", steps)
    assert (query.asked, query.avoided) == ("枕头", ("羽绒",))


def test_a_sentence_is_no_phrase() -> None:
    """More words than a noun phrase has are left alone."""
    text = "keyboard without wires rgb backlit mechanical gaming"
    assert _read(text) == (text, ())


@given(TEXTS.filter(str.strip))
def test_laws(typed: str) -> None:
    """Any text: findings point into it, something is asked for, and none of what is avoided is."""
    steps = [Normalise("chinese"), Price(catalogue()), Negation(_titles(无_糖=0))]
    query = understand(typed, steps)
    for finding in query.findings:
        assert query.text[finding.start : finding.end] == finding.text
    if query.removed:
        assert keys(query.asked)
    for phrase in query.avoided:
        assert phrase in query.text
        assert not set(keys(phrase)) <= set(keys(query.asked))
