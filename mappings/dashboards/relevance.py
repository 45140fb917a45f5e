"""What evaluations say: how good each ranking is, since when, on which queries."""

from mappings.dashboards.panel import Board, Panel, Text
from mappings.dashboards.query import Measure, Query, Split, equal
from mappings.history.fields import RELEVANCE

_SYSTEM = Split("system", "system")
_QUALITY = Measure("nDCG@10", "avg", "ndcg_10", unit="score")
_OURS = equal(kind="query", system="hybrid")
_MANY = 12


def _changed(id_: str, title: Text, note: Text, better: bool) -> Panel:
    sign = {"gt": 0.001} if better else {"lt": -0.001}
    label = Split("query", "label", _MANY, "difference", rising=not better)
    query = Query(
        (*_OURS, {"range": {"difference": sign}}),
        (label,),
        (Measure("difference", "avg", "difference", unit="score"),),
    )
    return Panel(id_, title, note, RELEVANCE, query, "ranked")


BOARD = Board(
    "connector-relevance",
    Text("Relevance", "相关性"),
    (
        Panel(
            "connector-quality-over-time",
            Text("Quality over time", "质量随时间的变化"),
            Text(
                "Mean nDCG@10 of every evaluation, by system.", "每次评测的平均 nDCG@10，按系统。"
            ),
            RELEVANCE,
            Query(equal(kind="system"), (Split("time", "@timestamp"), _SYSTEM), (_QUALITY,)),
            "line",
        ),
        Panel(
            "connector-quality-by-slice",
            Text("Quality by kind of query", "各类查询的质量"),
            Text("Mean nDCG@10 on groups of queries.", "各查询分组的平均 nDCG@10。"),
            RELEVANCE,
            Query(equal(kind="slice"), (Split("slice", "slice", 25), _SYSTEM), (_QUALITY,)),
            "heat",
        ),
        Panel(
            "connector-systems",
            Text("Systems, newest evaluation", "各系统最近一次评测"),
            Text(
                "Low and high bound the 95 % interval of nDCG@10; difference is to the baseline.",
                "下限与上限为 nDCG@10 的 95 % 区间；差值为与基线之差。",
            ),
            RELEVANCE,
            Query(
                equal(kind="system"),
                (_SYSTEM,),
                (
                    Measure("nDCG@10", "latest", "ndcg_10", unit="score"),
                    Measure("low", "latest", "low", unit="score"),
                    Measure("high", "latest", "high", unit="score"),
                    Measure("MRR", "latest", "mrr", unit="score"),
                    Measure("R@100", "latest", "recall_100", unit="score"),
                    Measure("difference", "latest", "difference", unit="score"),
                    Measure("wins", "latest", "wins"),
                    Measure("losses", "latest", "losses"),
                ),
            ),
            "table",
            wide=True,
        ),
        Panel(
            "connector-hybrid-against-baseline",
            Text("Hybrid against the baseline, query by query", "混合检索与基线逐条对比"),
            Text(
                "One dot a query: nDCG@10 of the baseline to the right, of hybrid upwards.",
                "每点一条查询：横轴为基线 nDCG@10，纵轴为混合检索。",
            ),
            RELEVANCE,
            Query(
                _OURS,
                (Split("query", "label", 300),),
                (
                    Measure("baseline", "avg", "baseline_ndcg_10", unit="score"),
                    Measure("hybrid", "avg", "ndcg_10", unit="score"),
                ),
            ),
            "dots",
            wide=True,
        ),
        _changed(
            "connector-wins",
            Text("Biggest wins of hybrid", "混合检索提升最大的查询"),
            Text("nDCG@10 above the baseline's.", "nDCG@10 高出基线的部分。"),
            better=True,
        ),
        _changed(
            "connector-losses",
            Text("Biggest losses of hybrid", "混合检索下降最大的查询"),
            Text("nDCG@10 below the baseline's.", "nDCG@10 低于基线的部分。"),
            better=False,
        ),
        Panel(
            "connector-judged-weak",
            Text("Judged queries with few or weak results", "结果少或弱的评测查询"),
            Text(
                "By the score of hybrid's first hit, the weakest first.",
                "按混合检索首条结果得分升序。",
            ),
            RELEVANCE,
            Query(
                _OURS,
                (Split("query", "label", 15, "best score", rising=True),),
                (
                    Measure("best score", "avg", "best_score", unit="score"),
                    Measure("hits", "avg", "hits"),
                    _QUALITY,
                ),
            ),
            "table",
            wide=True,
        ),
    ),
)
