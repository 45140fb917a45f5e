"""The one settings object: `connector.toml`, then CONNECTOR_… variables, then `--set` flags.

Built once at the command line and passed down; nothing else reads the environment.
"""

from connector.settings.sections import (
    BehaviourSettings,
    DashboardsSettings,
    DeadLetterSettings,
    EncoderSettings,
    GatewayAllow,
    GatewayMode,
    GatewaySettings,
    IngestSettings,
    KafkaSettings,
    OpenSearchSettings,
    RedisSettings,
    ReindexSettings,
    SearchSettings,
)
from connector.settings.settings import Settings, load

__all__ = [
    "BehaviourSettings",
    "DashboardsSettings",
    "DeadLetterSettings",
    "EncoderSettings",
    "GatewayAllow",
    "GatewayMode",
    "GatewaySettings",
    "IngestSettings",
    "KafkaSettings",
    "OpenSearchSettings",
    "RedisSettings",
    "ReindexSettings",
    "SearchSettings",
    "Settings",
    "load",
]
