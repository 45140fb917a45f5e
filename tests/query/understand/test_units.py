import pytest

from query.understand.units import sizes


def _read(text: str, *, chinese: bool = False) -> list[tuple[str, list[str]]]:
    return [
        (text[one.start : one.end], [spelling for spelling, _ in one.spellings])
        for one in sizes(text, chinese=chinese)
    ]


@pytest.mark.parametrize(
    ("text", "found", "among"),
    [
        ("cable 6ft", "6ft", ["6 ft", "6 feet", "6 foot"]),
        ("cable 6 feet", "6 feet", ["6 ft", "6ft", "6 foot"]),
        ("cable 6-foot", "6-foot", ["6 ft", "6 feet"]),
        ("ladder 6'", "6'", ["6 ft", "6ft", "6 feet"]),
        ('tv 55"', '55"', ["55 inch", "55inch"]),
        ("tv 55''", "55''", ["55 inch"]),
        ("tv 55 inches", "55 inches", ['55"', "55inch"]),
        ("bottle 1.5l", "1.5l", ["1.5 l", "1.5 liter", "1.5 litre"]),
        ("bottle 1.5 litres", "1.5 litres", ["1.5 liter", "1.5l"]),
        ("bottle 500 ml", "500 ml", ["500ml"]),
        ("jack 3.5mm", "3.5mm", ["3.5 mm"]),
        ("bolt 1 1/2 inch", "1 1/2 inch", ['1 1/2"']),
        ("1/2gallon bottle", "1/2gallon", ["1/2 gallon"]),
        ("zoom 2x", "2x", ["2 x"]),
        ("8 fl oz", "8 fl oz", ["8 fluid ounce"]),
        ("soap 12 pack", "12 pack", ["12pack", "12 pk"]),
        ("rug 3x5", "3x5", ["3 x 5"]),
        ("rug 3 \u00d7 5", "3 \u00d7 5", ["3x5"]),
        ('rug 24"x36"', '24"x36"', ["24 x 36", "24x36"]),
        ("paper 10x15cm", "10x15cm", ["10 x 15 cm"]),
        ("box 2x4x8", "2x4x8", ["2 x 4 x 8"]),
        ("rug 5 by 7", "5 by 7", ["5x7", "5 x 7"]),
        ("drain 1-1/2 inch", "1-1/2 inch", ["1.5 inch", '1-1/2"']),
        ("drain 1.5 inch", "1.5 inch", ["1-1/2 inch", '1.5"']),
        ("pipe 0.75 inch", "0.75 inch", ["3/4 inch"]),
        ("half inch pipe", "half inch", ["1/2 inch", "0.5 inch"]),
        ("two pack charger", "two pack", ["2 pack", "2pk"]),
        ("six foot rug", "six foot", ["6 foot", "6 ft", "6 feet"]),
        ("curtain 6'2\"", "6'2\"", ["74 inch", "6 ft 2 inch"]),
        ("curtain 6 ft 2 in", "6 ft 2 in", ["74 inch", "6 feet 2 inch"]),
        ("mirror 5'10", "5'10", ["70 inch", "5 ft 10 inch"]),
    ],
)
def test_spellings(text: str, found: str, among: list[str]) -> None:
    """A size is found with its unit, and has the other ways to write it among its spellings."""
    ((typed, spellings),) = _read(text)
    assert typed == found
    assert set(among) <= set(spellings)
    assert found not in spellings


@pytest.mark.parametrize(
    ("text", "found", "among"),
    [
        ("箱子20寸", "20寸", ["20英寸", '20"']),
        ("五寸相框", "五寸", ["5寸", "5英寸"]),
        ("两升水壶", "两升", ["2升", "2l"]),
        ("一点五升水壶", "一点五升", ["1.5升", "1.5l"]),
        ("零点五升水壶", "零点五升", ["0.5升", "0.5l"]),
        ("半升水壶", "半升", ["0.5升", "0.5l"]),
        ("一升半水壶", "一升半", ["1.5升", "1.5l"]),
        ("2公斤半狗粮", "2公斤半", ["2.5公斤", "2.5千克", "2.5 kg"]),
        ("一寸半身照", "一寸", ["1寸", "1英寸"]),
        ("500毫升", "500毫升", ["500ml", "500 ml"]),
        ("5千克大米", "5千克", ["5公斤", "5kg"]),
        ("汤锅24cm", "24cm", ["24厘米", "24公分"]),
        ("160*230地毯", "160*230", ["160x230", "160 x 230", "230*160"]),
        ("150x200cm盖毯", "150x200cm", ["150*200cm", "200*150cm"]),
        ("1米5的床", "1米5", ["1.5米", "1.5m"]),
        ("一米八床单", "一米八", ["1.8米"]),
    ],
)
def test_chinese_spellings(text: str, found: str, among: list[str]) -> None:
    """A Chinese catalogue writes units in either language, and numbers as digits."""
    ((typed, spellings),) = _read(text, chinese=True)
    assert typed == found
    assert set(among) <= set(spellings)


def test_no_spelling_is_a_stop_word() -> None:
    """A unit that analysis drops is only written on to its number."""
    assert [spelling for _, told in _read("tv 55 inch charger 2a") for spelling in told] == [
        "55inch",
        '55"',
        "55in",
        "2 amp",
        "2amp",
    ]


def test_chinese_units_are_for_chinese_catalogues() -> None:
    """An English catalogue is not asked for Chinese units."""
    ((_, spellings),) = _read("24cm")
    assert all(spelling.isascii() for spelling in spellings)


@pytest.mark.parametrize(
    "text",
    [
        *("2 in 1 laptop", "2-in-1 laptop", "5g phone", "4g router", "iphone 12", "3d printer"),
        *("4k tv", "size 10 w", "6 m shoe", "$50", "50%", '"iphone 12" case', "windows 10"),
        *("one a day", "two in one laptop", "half marathon", "stand by me", "ten commandments"),
        *("b12x", "千克", "一克拉钻石", "usb 3", "model 3s", "1984", "12 for 2", "$5 l"),
    ],
)
def test_what_is_no_size(text: str) -> None:
    """A number beside a letter is a size only where it can be nothing else."""
    assert [found for found, _ in _read(text) if "克拉" not in found] == []


def test_a_number_behind_feet_may_count() -> None:
    """Only what is said to be inches, or ends the text, is a part of the feet before it."""
    assert [found for found, _ in _read("cable 6 ft 2 pack")] == ["6 ft", "2 pack"]
    assert [found for found, _ in _read("rope 6 ft 20")] == ["6 ft"]


def test_sizes_do_not_overlap() -> None:
    """Sides are one size, not one for each of their units."""
    assert [found for found, _ in _read('rug 3ft x 5ft 24"x36" 12 pack')] == [
        '24"x36"',
        "3ft",
        "5ft",
        "12 pack",
    ]
