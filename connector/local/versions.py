"""Which servers `connector local` runs: the one place where their versions stand.

`docker/compose.yaml` repeats the current ones; a test holds the two together.
"""

from dataclasses import dataclass
from typing import Literal

Release = Literal["3.6", "2.19"]

KAFKA = "4.3.1"
KAFKA_JAVA = (17, None)
# Optional in its POM, needed in fact.
KAFKA_LOG4J = "2.25.3"
REDIS = "6.2"


@dataclass(frozen=True)
class Module:
    """One of the server's own modules: its folder, artifact, plugin class and what it extends."""

    name: str
    artifact: str
    classname: str
    extends: str = ""


@dataclass(frozen=True)
class OpenSearchRelease:
    """What an OpenSearch node is assembled from.

    Attributes:
        version: of the server; its plugins' is this with `.0`.
        java: oldest and newest Java that run it; None where no end is known.
        log4j: version of log4j-core, optional in the server's POM and needed in fact.
        module_java: `java.version` in the modules' descriptors.
        libraries: artifacts of `org.opensearch` that make up `lib/`.
        modules: the server's own modules.
        plugins: zips of `org.opensearch.plugin`.
        security_manager: whether the node still runs under Java's security manager.
    """

    version: str
    java: tuple[int, int | None]
    log4j: str
    module_java: str
    libraries: tuple[str, ...]
    modules: tuple[Module, ...]
    plugins: tuple[str, ...]
    security_manager: bool = False


CURRENT = OpenSearchRelease(
    version="3.6.0",
    java=(21, None),
    log4j="2.25.3",
    module_java="21",
    libraries=("opensearch", "opensearch-plugin-classloader", "opensearch-agent-bootstrap"),
    modules=(
        Module("lang-painless", "lang-painless", "org.opensearch.painless.PainlessModulePlugin"),
        Module(
            "analysis-common",
            "analysis-common",
            "org.opensearch.analysis.common.CommonAnalysisModulePlugin",
            "lang-painless",
        ),
        Module(
            "transport-netty4",
            "transport-netty4-client",
            "org.opensearch.transport.Netty4ModulePlugin",
        ),
        Module("transport-grpc", "transport-grpc", "org.opensearch.transport.grpc.GrpcPlugin"),
        Module("reindex", "reindex-client", "org.opensearch.index.reindex.ReindexModulePlugin"),
        Module(
            "mapper-extras",
            "mapper-extras-client",
            "org.opensearch.index.mapper.MapperExtrasModulePlugin",
        ),
        Module(
            "ingest-common",
            "ingest-common",
            "org.opensearch.ingest.common.IngestCommonModulePlugin",
            "lang-painless",
        ),
        Module("parent-join", "parent-join-client", "org.opensearch.join.ParentJoinModulePlugin"),
        Module(
            "lang-mustache",
            "lang-mustache-client",
            "org.opensearch.script.mustache.MustacheModulePlugin",
        ),
    ),
    plugins=("opensearch-knn", "neural-search"),
)

PREVIOUS = OpenSearchRelease(
    version="2.19.1",
    # Java 24 took the security manager away, which this version cannot do without.
    java=(17, 23),
    log4j="2.21.0",
    module_java="11",
    libraries=("opensearch", "opensearch-plugin-classloader"),
    modules=(
        Module("lang-painless", "lang-painless", "org.opensearch.painless.PainlessPlugin"),
        Module(
            "analysis-common",
            "analysis-common",
            "org.opensearch.analysis.common.CommonAnalysisPlugin",
            "lang-painless",
        ),
        Module(
            "transport-netty4", "transport-netty4-client", "org.opensearch.transport.Netty4Plugin"
        ),
        Module("reindex", "reindex-client", "org.opensearch.index.reindex.ReindexPlugin"),
        Module(
            "mapper-extras",
            "mapper-extras-client",
            "org.opensearch.index.mapper.MapperExtrasPlugin",
        ),
        Module(
            "ingest-common",
            "ingest-common",
            "org.opensearch.ingest.common.IngestCommonPlugin",
            "lang-painless",
        ),
        Module("parent-join", "parent-join-client", "org.opensearch.join.ParentJoinPlugin"),
        Module(
            "lang-mustache",
            "lang-mustache-client",
            "org.opensearch.script.mustache.MustachePlugin",
        ),
    ),
    plugins=("opensearch-knn", "neural-search"),
    security_manager=True,
)

RELEASES: dict[Release, OpenSearchRelease] = {"3.6": CURRENT, "2.19": PREVIOUS}
SECURITY_PLUGIN = "opensearch-security"
