"""How updates get into the index, and how whole it is."""

from mappings.dashboards.panel import Board, Panel, Text
from mappings.dashboards.query import Measure, Query, Split, equal
from mappings.dashboards.sources import REINDEX
from mappings.history.fields import METRICS

_TIME = Split("time", "@timestamp")
_INDEX = Split("index", "index")
_WORKER = equal(kind="worker")
_WHOLE = equal(kind="index")


def _over_time(  # noqa: PLR0913, PLR0917 - one argument per part of a panel
    id_: str, title: Text, note: Text, where: tuple[dict[str, object], ...], by: Split, of: Measure
) -> Panel:
    return Panel(id_, title, note, METRICS, Query(where, (_TIME, by), (of,)), "line")


BOARD = Board(
    "connector-ingest",
    Text("Ingest and index", "写入与索引"),
    (
        Panel(
            "connector-indices",
            Text("Indices now", "索引现状"),
            Text(
                "As connector doctor --record saw them last.",
                "connector doctor --record 最近一次所见。",
            ),
            METRICS,
            Query(
                _WHOLE,
                (_INDEX,),
                (
                    Measure("products", "latest", "products"),
                    Measure("with vectors", "latest", "embedded"),
                    Measure("tombstones", "latest", "tombstones"),
                    Measure("seconds old", "latest", "freshness_seconds", unit="s"),
                    Measure("on disk", "latest", "bytes", unit="bytes"),
                ),
            ),
            "table",
            wide=True,
        ),
        _over_time(
            "connector-lag",
            Text("Lag", "积压"),
            Text("Records that wait, of the slowest partition.", "最慢分区等待处理的记录数。"),
            equal(kind="partition"),
            Split("topic", "topic"),
            Measure("records", "max", "lag_records"),
        ),
        _over_time(
            "connector-freshness",
            Text("Age of the newest product", "最新商品的写入时间"),
            Text(
                "Seconds since the last write; it grows where nothing changes.",
                "距最近一次写入的秒数；无更新时会增长。",
            ),
            _WHOLE,
            _INDEX,
            Measure("seconds", "max", "freshness_seconds", unit="s"),
        ),
        _over_time(
            "connector-coverage",
            Text("Products with vectors", "有向量的商品占比"),
            Text("Share of all visible products.", "占全部可见商品的比例。"),
            _WHOLE,
            _INDEX,
            Measure("share", "avg", "coverage", unit="share"),
        ),
        Panel(
            "connector-models",
            Text("Models", "模型构成"),
            Text(
                "Products by the model of their vectors; more than one colour is a fault.",
                "按向量所属模型统计商品；出现多种颜色即为异常。",
            ),
            METRICS,
            Query(
                equal(kind="model"),
                (_INDEX, Split("model", "model")),
                (Measure("products", "max", "documents"),),
            ),
            "stack",
        ),
        _over_time(
            "connector-skipped",
            Text("Changes that needed no vector", "无需重算向量的变更"),
            Text("Share of what workers wrote since they began.", "占工作进程启动以来变更的比例。"),
            (*_WORKER, {"exists": {"field": "skip_ratio"}}),
            _INDEX,
            Measure("share", "avg", "skip_ratio", unit="share"),
        ),
        _over_time(
            "connector-busy",
            Text("Time in which the model ran", "模型运行时间占比"),
            Text("Near 1 the device is what limits a worker.", "接近 1 时设备成为瓶颈。"),
            _WORKER,
            _INDEX,
            Measure("share", "avg", "busy_ratio", unit="share"),
        ),
        Panel(
            "connector-devices",
            Text("Tokens per second by device", "各设备每秒词元数"),
            Text("Of the time in which the model ran.", "按模型运行时间计算。"),
            METRICS,
            Query(
                _WORKER,
                (Split("device", "device"),),
                (Measure("tokens per second", "avg", "tokens_per_second"),),
            ),
            "bar",
        ),
        _over_time(
            "connector-dead-letters",
            Text("Dead letters", "死信"),
            Text(
                "Records that wait because they can never be written.",
                "因无法写入而等待处理的记录。",
            ),
            equal(kind="dead letters"),
            _INDEX,
            Measure("records", "max", "dead_letters"),
        ),
        Panel(
            "connector-reindex-progress",
            Text("Reindex runs", "重建索引进度"),
            Text(
                "Documents of each run by the state of their slice.", "各次重建的文档，按分片状态。"
            ),
            REINDEX,
            Query(
                equal(kind="slice"),
                (Split("run", "run"), Split("state", "state")),
                (Measure("documents", "sum", "documents"),),
                "",
            ),
            "stack",
            wide=True,
        ),
    ),
)
