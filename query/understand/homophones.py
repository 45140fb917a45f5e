"""Chinese characters that sound alike: who types by sound picks the wrong one of them."""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from query.understand.vocabulary import PhraseCount
from query.understand.words import Word

# The first character of each syllable in the first level of GB 2312, whose 3,755 common characters
# stand in the order of their pinyin; tones do not count.
_FIRST_OF_SYLLABLE = (
    "啊埃鞍肮凹芭白斑邦苞杯奔崩逼鞭标鳖彬兵玻哺擦猜餐苍操厕层插拆搀昌超车郴撑吃充抽初揣川疮吹"
    "春戳疵聪凑粗蹿摧村磋搭呆耽当刀德蹬堤颠碉跌丁丢东兜都端堆墩掇蛾恩而发藩坊菲芬丰佛否夫噶该"
    "干冈篙哥给根耕工钩辜刮乖棺光瑰辊锅哈骸酣夯壕呵嘿痕哼轰喉呼花槐欢荒灰荤豁击嘉歼僵蕉揭巾荆"
    "炯揪鞠捐撅均喀开刊康考坷肯坑空抠枯夸块宽匡亏坤括垃莱蓝琅捞勒雷棱厘俩联粮撩列琳玲溜龙楼芦"
    "驴峦掠抡萝妈埋瞒芒猫么玫门萌眯棉苗蔑民明谬摸谋拇拿氖南囊挠呢馁嫩能妮蔫娘鸟捏您柠牛脓奴女"
    "暖虐挪哦欧啪拍攀乓抛呸喷砰坯篇飘撇拼乒坡扑期掐牵枪橇切钦青琼秋趋圈缺裙然瓤饶惹壬扔日戎揉"
    "茹软蕊闰若撒腮三桑搔瑟森僧莎筛珊墒梢奢砷声师收蔬刷摔栓霜谁吮说斯松搜嗽酸虽孙蓑塌胎坍汤掏"
    "特藤梯天挑贴厅通偷凸湍推吞拖挖歪豌汪威瘟嗡挝巫昔瞎掀相萧楔薪星兄休墟轩靴勋压焉殃邀椰一茵"
    "英哟拥幽淤鸳曰耘匝栽咱赃遭责贼怎增扎摘瞻樟招遮珍蒸芝中舟珠抓拽专桩椎谆捉兹鬃邹租钻嘴尊昨"
)
_LEVEL_ONE = (0xB0A1, 0xD7F9)
# A neighbour that fewer titles have may be a slip itself.
_FEWEST = 3
# How many times the likeliest character must be as likely as the next one.
_CLEARLY = 3


@dataclass(frozen=True)
class Misheard:
    """A character that titles have between its neighbours in another one's place.

    Attributes:
        place: of the character among the words.
        meant: the other one.
        titles: that have it beside the less frequent of its two neighbours.
    """

    place: int
    meant: str
    titles: int


def misheard(told: list[Word], phrase_count: PhraseCount) -> Iterator[Misheard]:
    """Yield the characters that titles have beside neither neighbour, but one of their sound by both.

    Two neighbours are asked for: without them a cup (杯子) that a shop does not sell would be its
    quilt (被子).

    Args:
        told: a query's words; a Chinese character is one.
        phrase_count: in how many titles the second directly follows the first.
    """
    for place in range(1, len(told) - 1):
        before, here, after = told[place - 1 : place + 2]
        if before.end != here.start or here.end != after.start or not _code(here.key):
            continue
        if phrase_count(before.key, here.key) or phrase_count(here.key, after.key):
            continue
        found = sorted(
            (
                (min(phrase_count(before.key, one), phrase_count(one, after.key)), one)
                for one in alike(here.key)
            ),
            reverse=True,
        )
        (titles, meant), (next_best, _) = found[0], found[1] if len(found) > 1 else (0, "")
        if titles >= max(_FEWEST, _CLEARLY * next_best):
            yield Misheard(place, meant, titles)


def alike(char: str) -> str:
    """Return the common characters with the sound of one, itself included; itself for a rare one."""
    code = _code(char)
    if not code:
        return char
    starts = _starts()
    place = bisect_right(starts, code)
    end = starts[place] if place < len(starts) else _LEVEL_ONE[1] + 1
    return "".join(_chars(starts[place - 1], end))


def _code(char: str) -> int:
    """Return a character's place in GB 2312; 0 outside its first level."""
    try:
        code = int.from_bytes(char.encode("gb2312"))
    except UnicodeEncodeError:
        return 0
    return code if _LEVEL_ONE[0] <= code <= _LEVEL_ONE[1] else 0


@cache
def _starts() -> list[int]:
    return [_code(char) for char in _FIRST_OF_SYLLABLE]


def _chars(start: int, end: int) -> Iterator[str]:
    """Yield the characters of a range of codes; a row ends at FE."""
    for code in range(start, end):
        if 0xA1 <= code & 0xFF <= 0xFE:  # noqa: PLR2004 - of GB 2312's rows
            yield code.to_bytes(2).decode("gb2312")
