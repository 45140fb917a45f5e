"""What the page says beside its panels, in both languages."""

from mappings.dashboards.panel import Text
from mappings.dashboards.sources import BOTH, EVENTS, QUERIES, REINDEX
from mappings.history.fields import METRICS, RELEVANCE

TITLE = Text("Search report", "搜索报告")
GLANCE = Text("At a glance", "概览")
EMPTY = Text("Nothing was recorded yet. It is kept by:", "尚无记录。记录方式：")
FIGURES = Text("Figures", "数据")
MADE = Text("of the last {days} days, made {at} UTC", "最近 {days} 天，生成于 {at} UTC")
CONTENTS = Text("Contents", "目录")
KEPT_BY = {
    RELEVANCE: "connector evaluate … --slices builtin --record",
    METRICS: "connector doctor --record · ingest.history_s",
    QUERIES: "connector ubi apply · behaviour.key",
    EVENTS: "connector ubi apply · behaviour.key",
    BOTH: "connector ubi apply · behaviour.key",
    REINDEX: "connector reindex start",
}
QUALITY = Text("nDCG@10 of hybrid", "混合检索 nDCG@10")
GAIN = Text("over the baseline", "较基线")
PRODUCTS = Text("products", "商品")
COVERED = Text("with vectors", "有向量")
LAG = Text("records wait", "条记录等待")
LETTERS = Text("dead letters", "死信")
SEARCHES = Text("searches", "搜索")
WITHOUT = Text("without a result", "无结果")
