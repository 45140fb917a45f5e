"""What evidence says, in Chinese: a phrase by its English, `{}` where it names a value."""

import re
from dataclasses import dataclass
from functools import lru_cache

from mappings.dashboards.panel import Language

_KINDS = {
    "brand": "品牌",
    "category": "类目",
    "colour": "颜色",
    "size": "尺寸",
    "material": "材质",
    "model number": "型号",
    "audience": "适用人群",
}
_STEPS = {
    "boosts": "加权",
    "collapse": "变体合并",
    "compounds": "合词",
    "diversity": "多样性",
    "entities": "实体",
    "framing": "问句",
    "hides": "隐藏",
    "negation": "否定",
    "normalise": "规范化",
    "pins": "置顶",
    "price": "价格",
    "readings": "多义",
    "rerank": "重排",
    "spelling": "拼写",
    "synonyms": "同义词",
}
_TERMS = {
    "lexical": "词法",
    "words": "词语",
    "vector": "语义",
    "coverage": "覆盖",
    "title": "标题",
    "accessory": "配件",
    "avoided": "排除",
    "neighbours": "近邻",
    "feedback": "反馈",
    "native": "引擎",
    "BM25 of the words, their pairs and their 4-grams, of the most there can be": (
        "词、词对与四元组的 BM25，占可能最高分的比例"
    ),
    "BM25 of the words anywhere in the product, of the most there can be": (
        "商品任意位置词语的 BM25，占可能最高分的比例"
    ),
    "how close in meaning, beyond what all products share": "语义接近程度，已扣除所有商品的共性",
    "share of the query's words that the product has, by how rare they are": (
        "商品包含的查询词比例，按稀有程度计"
    ),
    "share of the query's words that its title has": "标题包含的查询词比例",
    "words the title has only after “for”, “with” and the like": "仅出现在“适用于”等词之后的标题词",
    "whether it has what the query does not want": "是否含有查询要排除的",
    "share of the named brand, colour, … that the product has": "商品符合所提品牌、颜色等的比例",
    "share of the nearest products that are in the product's categories": (
        "最相近商品属于该商品类目的比例"
    ),
    "how well products like this one answer": "相似商品的匹配程度",
    "how like the best answers it is, where words do not settle the query": (
        "词语不足以判断时，与最佳结果的相似程度"
    ),
    "the engine's own score, which keeps its parts to itself": "引擎自身的得分，不公开组成",
}
_CARD = {
    "{}: at least {} found, {} ms": "{}：至少 {} 条结果，{} 毫秒",
    "{}: {} found, {} ms": "{}：{} 条结果，{} 毫秒",
    "has": "含有",
    "lacks": "缺少",
    "instead": "替代",
    "named": "符合",
    "variants": "变体",
    "lexical parts": "词法组成",
    "read as": "读作",
    "searched for": "实际检索",
    "nothing but the conditions": "仅有条件",
    "nothing changed": "未作改动",
    "stands for {} more": "代表另外 {} 个",
    "{} for {} by {}": "{} 代替 {}（{}）",
    "taken out at place {}: {}": "在第 {} 位移除：{}",
    "place {}": "第 {} 位",
    "no such score": "无此得分",
    "raw {}": "原始 {}",
}
# In the order in which a text is compared with them: what says more stands first.
_EVIDENCE = {
    "cheap": "低价",
    "characters": "字符",
    "compound": "复合词",
    "frame": "问句",
    "misspelled": "拼写错误",
    "second sense": "另一含义",
    "synonym": "同义词",
    "unknown word": "未知词",
    "category intent": "类目意图",
    "broken file": "文件有误",
    "too many": "过多",
    "{} of its synonyms are left out: a query takes {} words of them": (
        "省略了它的 {} 个同义词：一个查询最多取 {} 个词"
    ),
    "price words": "价格用语",
    "words of a question": "提问用语",
    "not searched for": "不检索",
    "products of these gain": "属于其中的商品加分",
    "products that have it gain": "具有它的商品加分",
    "products that have it lose": "具有它的商品减分",
    "only products that have it": "仅限具有它的商品",
    "only products up to {}": "仅限不超过 {} 的商品",
    "only products from {}": "仅限 {} 以上的商品",
    "only products of {} to {}": "仅限 {} 至 {} 的商品",
    "only the cheapest third, up to {}": "仅限最便宜的三分之一，不超过 {}",
    "nothing else is asked for, so the words stay": "没有其他要求，保留原词",
    "no filter: the catalogue has no price": "不筛选：目录没有价格",
    "no filter: prices are in {}, and none is converted": "不筛选：价格以 {} 计，不作换算",
    "no filter: no price is above {} and below {}": "不筛选：没有高于 {} 且低于 {} 的价格",
    "not avoided: it is asked for, too": "不排除：查询也要求它",
    "avoids {}": "排除 {}",
    "also spelled {}": "也写作 {}",
    "also finds {} with weight {}": "也查找 {}，权重 {}",
    "also read as {} with weight {}": "也读作 {}，权重 {}",
    "read as {}": "读作 {}",
    "the word {}": "词语 {}",
    "the nearest products: {}": "最相近的商品：{}",
    "{} of the nearest products have it": "{} 的最相近商品具有它",
    "{} of {} titles with these words have it": "含有这些词的 {1} 个标题中有 {0} 个具有它",
    "catalogue: {} of {} titles with these words are of the brand": (
        "目录：含有这些词的 {1} 个标题中有 {0} 个属于该品牌"
    ),
    "catalogue: no product has it, {} have {}": "目录：没有商品含有它，{} 个含有 {}",
    "catalogue: no product has it": "目录：没有商品含有它",
    "catalogue: in the title of {} products": "目录：在 {} 个商品的标题中",
    "catalogue: {}, {} products": "目录：{}，{} 个商品",
    "catalogue: {} in {} products": "目录：{} 在 {} 个商品中",
    "catalogue: {}": "目录：{}",
    "hidden by a rule": "按规则隐藏",
    "pinned by a rule": "按规则置顶",
    "unlike all above": "与上面的都不相像",
    "{} like {} above": "与上面的 {1} 相像 {0}",
    "variant of {}: {}": "{} 的变体：{}",
    "{} (held at the margin)": "{}（限于幅度之内）",
    "nothing to read": "没有可读的文本",
    "model {}": "模型 {}",
    "not reranked: {} ms were not enough": "未重排：{} 毫秒不够",
    "not reranked: {}": "未重排：{}",
    "the ranking ends at hit {}; narrow the search with a filter": (
        "排序止于第 {} 条；请用筛选条件缩小范围"
    ),
    "the query has {} characters; the first {} were searched": "查询有 {} 个字符，只检索前 {} 个",
    "the query has no letter and no digit, so no word of a product is asked for": (
        "查询没有文字也没有数字，未要求商品的任何词语"
    ),
}
_UNSURE = {f"perhaps {kind}": f"可能是{said}" for kind, said in _KINDS.items()}
CHINESE = _KINDS | _STEPS | _TERMS | _CARD | _UNSURE | _EVIDENCE


@dataclass(frozen=True)
class Speech:
    """Evidence in the words of one language."""

    language: Language = "en"

    def say(self, phrase: str, *values: object) -> str:
        """Return a phrase with its values.

        Raises:
            KeyError: the table does not have the phrase.
        """
        chinese = CHINESE[phrase]
        return (chinese if self.language == "zh" else phrase).format(*values)

    def read(self, text: str) -> str:
        """Return what evidence says; what no phrase makes, a user's own words say, as it is."""
        if self.language == "en":
            return text
        clauses = text.split("; ")
        told = [_chinese(clause) for clause in clauses]
        return text if told == clauses else "；".join(told)


def _chinese(clause: str) -> str:
    for said, chinese in _evidence():
        if found := said.fullmatch(clause):
            return chinese.format(*found.groups())
    return clause


@lru_cache
def _evidence() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Return the phrases of evidence as patterns, with their Chinese."""
    phrases = _KINDS | _STEPS | _TERMS | _UNSURE | _EVIDENCE
    made = ((re.escape(phrase).replace(r"\{\}", "(.+?)"), said) for phrase, said in phrases.items())
    return tuple((re.compile(pattern), said) for pattern, said in made)
