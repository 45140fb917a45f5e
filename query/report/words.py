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

# Names of measures that people know by no other stay: nDCG@10, MRR, R@100.
COLUMNS = {
    "action": "动作",
    "baseline": "基线",
    "best score": "首条得分",
    "clicks per search": "每次搜索点击",
    "decision": "结论",
    "device": "设备",
    "difference": "差值",
    "documents": "文档",
    "events": "事件",
    "experiment": "实验",
    "first score": "首条得分",
    "high": "上限",
    "hits": "命中",
    "hybrid": "混合检索",
    "index": "索引",
    "losses": "变差",
    "low": "下限",
    "looked at": "查看时间",
    "model": "模型",
    "ms": "毫秒",
    "on disk": "磁盘占用",
    "position": "位置",
    "products": "商品",
    "query": "查询",
    "records": "记录",
    "results": "结果数",
    "run": "批次",
    "searches": "搜索次数",
    "seconds": "秒",
    "seconds old": "距今秒数",
    "share": "占比",
    "shoppers": "用户数",
    "slice": "分组",
    "state": "状态",
    "system": "系统",
    "time": "时间",
    "tokens per second": "每秒词元",
    "tombstones": "墓碑",
    "topic": "主题",
    "variant": "组别",
    "wins": "变好",
    "with vectors": "有向量",
}


def column(name: str) -> Text:
    """Return the title of a column, by the name of its split or measure."""
    return Text(name, COLUMNS.get(name, name))
