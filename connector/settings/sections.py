"""Every setting with its default, a section for each part of the connector."""

import re
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_serializer

# A port that is no number would end in the client's own words.
_HOST, _PORT = r"(\[[0-9A-Fa-f:]+\]|[^\s,:/@\[\]]+)", r":\d{1,5}"
_PLACE = rf"{_HOST}({_PORT})?"
# Without a user and password: addresses end up in logs.
Url = Annotated[str, Field(pattern=rf"^https?://{_PLACE}(/[^@\s]*)?$")]
_PASSWORD = re.compile(r"(//[^:/@]*:).*(@)")


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class LogSettings(_Section):
    """How the connector's log lines look, on standard error."""

    format: Literal["text", "json"] = Field(
        "text", description="json: one object a line, for machines that collect logs."
    )


class OpenSearchSettings(_Section):
    """How to reach the cluster. TLS certificates are verified unless `verify` is turned off."""

    url: Url = Field("http://127.0.0.1:9200", description="Without user and password.")
    username: str | None = Field(None, description="Without one nobody is named.")
    password: SecretStr | None = Field(None, description="Of that user.")
    ca_file: Path | None = Field(None, description="PEM file of the certificate authority.")
    verify: bool = Field(True, description="Whether its TLS certificate is verified.")
    timeout_s: float = Field(60.0, gt=0, description="For one request; vector bulks are large.")


class KafkaSettings(_Section):
    """How to reach the brokers; names are kafka-python's own."""

    bootstrap_servers: str = Field(
        "127.0.0.1:9092", pattern=rf"^{_PLACE}(,{_PLACE})*$", description="HOST:PORT, by commas."
    )
    security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = Field(
        "PLAINTEXT", description="TLS, a login, or both."
    )
    sasl_mechanism: str | None = Field(None, description="PLAIN, SCRAM-SHA-512 and so on.")
    sasl_plain_username: str | None = Field(None, description="Of every mechanism with a password.")
    sasl_plain_password: SecretStr | None = Field(None, description="Of that user.")
    ssl_cafile: Path | None = Field(None, description="PEM file of the certificate authority.")
    timeout_s: float = Field(15.0, gt=0, description="Until a broker must have answered.")


class RedisSettings(_Section):
    """The broker of distributed reindex runs."""

    url: str = Field(
        "redis://127.0.0.1:6379/0",
        pattern=rf"^rediss?://([^@\s]*@)?{_PLACE}([/?]\S*)?$",
        description="Its password may stand in it, and is hidden where settings are shown.",
    )

    @field_serializer("url", when_used="json")
    def _without_password(self, url: str) -> str:
        """Hide what stands between `:` and `@`, as other secrets are hidden where settings are told."""
        return _PASSWORD.sub(r"\1**********\2", url)


class EncoderSettings(_Section):
    """Where and how the model runs. Which model runs is the catalogue's to say."""

    device: str = Field("auto", description="auto, cpu, cuda, cuda:1, mps.")
    dtype: Literal["auto", "float32", "bfloat16"] = Field(
        "auto", description="auto takes bfloat16 where the device computes it natively."
    )
    batch_tokens: Annotated[int, Field(ge=64)] | Literal["auto"] = Field(
        "auto",
        description="Padded tokens in one forward pass; auto: 4,096 on a processor, else 32,768.",
    )
    query_threads: int = Field(
        1, ge=0, description="Processor threads for one query's vector; 0: all. See performance.md."
    )
    cache_bytes: int = Field(
        64_000_000,
        ge=0,
        description="Memory for vectors of texts that may come again; 0 keeps none.",
    )


class DeadLetterSettings(_Section):
    """What a dead letter keeps of its record, besides where it stands and what is wrong."""

    payload_bytes: int = Field(
        0, ge=0, le=600_000, description="Bytes of the record's value that are kept; 0 keeps none."
    )
    redact: tuple[str, ...] = Field(
        (), description="Fields and headers whose values no letter keeps or quotes."
    )


class IngestSettings(_Section):
    """Sizes and patience of the worker, and where it can be asked how it does."""

    http: str | None = Field(
        None,
        pattern=rf"^{_HOST}{_PORT}$",
        description="HOST:PORT of /metrics, /livez and /readyz; nothing listens without.",
    )

    history_s: float = Field(
        0.0,
        ge=0,
        description="Seconds between figures that the worker keeps in connector-metrics; 0: never.",
    )
    batch_records: int = Field(500, ge=1, le=10_000, description="Records planned together.")
    queue_bytes: int = Field(
        128_000_000, ge=1_000_000, description="Memory of all batches in hand, at most."
    )
    stall_s: float = Field(
        300.0, gt=0, description="A partition with lag that stands still this long is stalled."
    )
    max_record_bytes: int = Field(1_000_000, ge=1, description="Larger records are dead letters.")
    bulk_bytes: int = Field(8_000_000, ge=10_000, description="Body size of one bulk request.")
    retries: int = Field(
        60, ge=0, description="Tries in a row that bring nothing through, before giving up for now."
    )
    backoff_s: float = Field(0.25, gt=0, description="First pause; doubles, with jitter.")
    backoff_max_s: float = Field(5.0, gt=0, description="No pause is longer, unless asked for.")
    deadletters: DeadLetterSettings = DeadLetterSettings()


class ReindexSettings(_Section):
    """How `connector reindex` fills a new index; see docs/reindex.md."""

    slice_documents: int = Field(
        1_000, ge=1, le=10_000, description="Documents of one slice, about: what a kill may cost."
    )
    threads: int = Field(3, ge=1, le=64, description="Slices carried at once without Celery.")
    lag_s: float = Field(
        5.0, gt=0, description="The new index has caught up when it needs no longer for the rest."
    )


class SearchSettings(_Section):
    """What a search does when the request does not say."""

    candidates: int = Field(
        200, ge=10, le=1000, description="Products ranked; no score depends on the page size."
    )
    vector_weight: float = Field(
        0.55, ge=0, le=1, description="Share of the vectors in systems whose weights are fixed."
    )
    quarantined: tuple[str, ...] = Field(
        (), description="Steps, terms and stages that every search leaves out."
    )
    synonyms: Path | None = Field(
        None, description="Folder with curated*.txt and accepted.txt; see docs/synonyms.md."
    )
    hard_entities: tuple[str, ...] = Field(
        (), description="Fields of which a surely named value is a filter, not only a boost."
    )
    rules: Path | None = Field(
        None, description="File of boosts, pins, hides and reranking; see docs/rules.md."
    )
    weights: Path | None = Field(
        None,
        description="File of the terms' weights; the shipped one without; see docs/weights.md.",
    )
    lexicon_max_age_s: float = Field(
        3600.0,
        ge=0,
        description="After this long the catalogue's words and values are read again; of less than "
        "1,000 products after a minute.",
    )


class BehaviourSettings(_Section):
    """What is kept of what shoppers see and do; see docs/behaviour.md."""

    key: SecretStr | None = Field(
        None,
        description="Secret of the keyed hashes, 16 characters or more; nothing is recorded without.",
    )
    query_text: Literal["hashed", "redacted", "plain"] = Field(
        "hashed", description="redacted hides addresses and long numbers in the text."
    )
    sample: float = Field(1.0, ge=0, le=1, description="Share of the queries that are recorded.")
    retention_days: int = Field(
        90, ge=1, description="`connector ubi apply` removes what is older."
    )
    queue: int = Field(
        10_000, ge=1, description="Documents that wait; more are dropped and counted."
    )
    prefix: str = Field(
        "ubi",
        pattern=r"^[a-z0-9][a-z0-9_-]{0,80}$",
        description="Begins the names of the indices: PREFIX_queries, PREFIX_events.",
    )


GatewayMode = Literal["hybrid", "pass", "shadow"]
GatewayAllow = Literal["reads", "writes", "everything"]


class GatewaySettings(_Section):
    """Where the endpoint for existing clients listens, and what it lets in; see docs/gateway.md."""

    host: str = Field("127.0.0.1", description="0.0.0.0: every network of this machine.")
    port: int = Field(9201, ge=0, le=65_535, description="0: any that is free.")
    processes: int = Field(
        1, ge=1, description="That answer; rates, limits and models are each one's own."
    )
    traces: Url | None = Field(
        None,
        description="Where traces go by OpenTelemetry's OTLP over HTTP, .../v1/traces; none without.",
    )
    certificate: Path | None = Field(None, description="PEM file; with it clients speak TLS.")
    key: Path | None = Field(None, description="PEM file of the certificate's key.")
    clients_ca_file: Path | None = Field(
        None,
        description="PEM file of the authority of clients' certificates; who shows one is told to "
        "the cluster by the name in it.",
    )
    allow: GatewayAllow = Field(
        "reads",
        description="What goes on: calls that only read; writes and administration, too; or "
        "everything, with scripts in searches and without the caps below on what a search asks.",
    )
    concurrent: int = Field(64, ge=1, description="Requests answered at once; then 429.")
    requests_per_s: float = Field(0.0, ge=0, description="Let in over time; 0 is any number.")
    body_bytes: int = Field(1_000_000, ge=1_000, description="Of a request that reads.")
    characters: int = Field(1_000, ge=1, description="Of one text in a query.")
    tokens: int = Field(
        500, ge=1, description="Words of one text; a sign of Chinese or Japanese is one."
    )
    clauses: int = Field(2_000, ge=1, description="JSON objects in one search.")
    aggregation_depth: int = Field(5, ge=0, description="Aggregations within aggregations.")
    size: int = Field(10_000, ge=0, description="Hits of one page.")
    window: int = Field(10_000, ge=0, description="from + size.")
    k: int = Field(10_000, ge=1, description="Nearest neighbours of one clause.")
    searches: int = Field(100, ge=1, description="Searches in one _msearch.")
    rules: dict[str, GatewayMode] = Field(
        default_factory=dict,
        description="Who ranks, by alias or pattern: hybrid, pass (the cluster) or shadow (the "
        "cluster, compared with the hybrid in the log). Without a rule: hybrid.",
    )
    budget_s: float = Field(
        1.0, gt=0, description="Of one ranking; then the answer is the cluster's own."
    )
    rankings: int = Field(
        32, ge=1, description="Rankings at once; further answers are the cluster's own."
    )
    judgments: Path | None = Field(
        None,
        description="TSV file of the judgments that the page /_connector/ saves; none without.",
    )


class DashboardsSettings(_Section):
    """How to reach OpenSearch Dashboards, or Kibana, for `connector dashboards apply`."""

    url: Url = Field("http://127.0.0.1:5601", description="With the base path, if it has one.")
    username: str | None = Field(None, description="Without one nobody is named.")
    password: SecretStr | None = Field(None, description="Of that user.")
    tenant: str | None = Field(None, description="Of the security plugin; `global` is everybody's.")
    ca_file: Path | None = Field(None, description="PEM file of the certificate authority.")
    verify: bool = Field(True, description="Whether its TLS certificate is verified.")
