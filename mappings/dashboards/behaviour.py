"""What shoppers were shown and what they did."""

from mappings.dashboards.panel import Board, Panel, Text
from mappings.dashboards.query import Measure, Query, Split, equal
from mappings.dashboards.sources import BOTH, EVENTS, QUERIES
from mappings.history.fields import RELEVANCE

_TIME = Split("time", "timestamp")
_SYSTEM = Split("system", "query_attributes.system")
_PLACE = "event_attributes.position.ordinal"
_WORDS = "user_query.keyword"
_ON_PAGE = 20
_COUNT = Measure("searches", "count")

BOARD = Board(
    "connector-behaviour",
    Text("Behaviour and experiments", "用户行为与实验"),
    (
        Panel(
            "connector-searches",
            Text("Searches", "搜索次数"),
            Text("Recorded searches, by the ranking that answered.", "已记录的搜索，按所用排序。"),
            QUERIES,
            Query((), (_TIME, _SYSTEM), (_COUNT,), "timestamp"),
            "line",
        ),
        Panel(
            "connector-zero-results",
            Text("Searches without a result", "无结果搜索占比"),
            Text("Share of all searches.", "占全部搜索的比例。"),
            QUERIES,
            Query(
                (),
                (_TIME, _SYSTEM),
                (
                    Measure(
                        "share", "share", where=equal(query_attributes__total=0)[0], unit="share"
                    ),
                ),
                "timestamp",
            ),
            "line",
        ),
        Panel(
            "connector-click-through",
            Text("Click-through by position", "各位置点击率"),
            Text(
                "Clicks on a place for each search that had a result.",
                "每次有结果的搜索中该位置获得的点击。",
            ),
            BOTH,
            Query(
                equal(action_name="click"),
                (Split("position", _PLACE, _ON_PAGE, "_key", rising=True),),
                (
                    Measure(
                        "clicks per search",
                        "per",
                        where={"range": {"query_attributes.total": {"gt": 0}}},
                        unit="share",
                    ),
                ),
                "timestamp",
            ),
            "bar",
        ),
        Panel(
            "connector-click-mrr",
            Text("Reciprocal rank of clicks", "点击的倒数排名"),
            Text(
                "Mean of 1 / position of what was clicked: 1 is always the first.",
                "被点击位置倒数的平均值，1 表示总是首位。",
            ),
            EVENTS,
            Query(
                (*equal(action_name="click"), {"range": {_PLACE: {"gt": 0}}}),
                (_TIME,),
                (Measure("MRR", "reciprocal", _PLACE, unit="score"),),
                "timestamp",
            ),
            "line",
        ),
        Panel(
            "connector-few-results",
            Text("Queries with the fewest results", "结果最少的查询"),
            Text(
                "Texts are hashes unless behaviour.query_text says otherwise.",
                "除非 behaviour.query_text 另行设置，查询以哈希显示。",
            ),
            QUERIES,
            Query(
                (),
                (Split("query", _WORDS, 15, "results", rising=True),),
                (Measure("results", "avg", "query_attributes.total"), _COUNT),
                "timestamp",
            ),
            "table",
        ),
        Panel(
            "connector-weak-results",
            Text("Queries with the weakest first hit", "首条结果得分最低的查询"),
            Text("By the mean score of hybrid's first hit.", "按混合检索首条结果的平均得分。"),
            QUERIES,
            Query(
                equal(query_attributes__system="hybrid"),
                (Split("query", _WORDS, 15, "first score", rising=True),),
                (Measure("first score", "avg", "query_attributes.top_score", unit="score"), _COUNT),
                "timestamp",
            ),
            "table",
        ),
        Panel(
            "connector-search-time",
            Text("Time of a search", "搜索耗时"),
            Text("Mean, in milliseconds.", "平均值，毫秒。"),
            QUERIES,
            Query(
                (),
                (_TIME, _SYSTEM),
                (Measure("ms", "avg", "query_attributes.took_ms", unit="ms"),),
                "timestamp",
            ),
            "line",
        ),
        Panel(
            "connector-actions",
            Text("What shoppers did", "用户动作"),
            Text("Events by kind.", "按类型统计的事件。"),
            EVENTS,
            Query(
                (), (Split("action", "action_name"),), (Measure("events", "count"),), "timestamp"
            ),
            "bar",
        ),
        Panel(
            "connector-experiments",
            Text("Experiments", "实验"),
            Text(
                "Share of pages with a click, or of shoppers who prefer it where both are in one list: "
                "treatment less control, and its interval that holds however often one looks.",
                "有点击页面的占比（交错实验为偏好它的用户占比）：实验组减对照组，及可随时查看的区间。",
            ),
            RELEVANCE,
            Query(
                equal(kind="experiment"),
                (Split("experiment", "experiment", 15, "looked at"),),
                (
                    Measure("decision", "latest", "verdict"),
                    Measure("difference", "latest", "difference", unit="score"),
                    Measure("low", "latest", "difference_low", unit="score"),
                    Measure("high", "latest", "difference_high", unit="score"),
                    Measure("shoppers", "latest", "shoppers"),
                    Measure("looked at", "max", "@timestamp", unit="time"),
                ),
            ),
            "table",
            wide=True,
        ),
        Panel(
            "connector-variants",
            Text("Searches in experiments", "实验中的搜索"),
            Text("By variant; both should be alike.", "按分组；两组应接近。"),
            QUERIES,
            Query(
                ({"exists": {"field": "query_attributes.variant"}},),
                (_TIME, Split("variant", "query_attributes.variant")),
                (_COUNT,),
                "timestamp",
            ),
            "line",
            wide=True,
        ),
    ),
)
