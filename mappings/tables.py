"""The tables of `catalogue.toml`, one class each."""

from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    model_serializer,
    model_validator,
)

from connector.model import LongText
from mappings.prices import Decimal
from mappings.sources import STAR


class MisplacedError(ValueError):
    """A fault that a check across keys found; `path` leads to the key at fault from the table."""

    def __init__(self, path: str, message: str) -> None:
        super().__init__(message)
        self.path = tuple(path.split(".")) if path else ()


PRODUCT = "product"

Role = Literal["title", "brand", "category", "description", "price", "image", "facet", "attribute"]
Type = Literal["text", "keyword", "double", "long", "boolean", "date", "attributes"]
Language = Literal["english", "chinese", "standard"]

# What a field is stored as when the catalogue names only its role.
TYPE_OF_ROLE: dict[Role, Type] = {
    "title": "text",
    "brand": "text",
    "category": "text",
    "description": "text",
    "price": "double",
    "image": "keyword",
    "facet": "keyword",
    "attribute": "attributes",
}

# What each engine can do by itself with float vectors that are sent as they are.
COMPRESSIONS = {"lucene": ("none", "byte"), "faiss": ("none", "fp16", "on_disk")}

# Roles of which a product has one: what is shown as its name, and what a price filter compares.
SINGLE: tuple[Role, ...] = ("title", "price")

# Text of these roles can be filtered by its exact value, too.
EXACT_TEXT: tuple[Role, ...] = ("brand", "category", "facet")

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=100)]


class Table(BaseModel):
    """What every table of the file has in common: no unknown keys, finite numbers, no changes."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class FieldSpec(Table):
    """One stored field.

    Attributes:
        role: what the field means to ranking.
        source: where the record keeps it: a name, a dotted path, or (for `attributes`) patterns
            such as `attr_*`; the field's own name when left out.
        type: how it is stored; by role when left out. `attributes` is an open set of
            name-value pairs, stored as lines `name: value`, searchable and filterable.
        language: analysis of its text; the catalogue's when left out.
        weight: its weight in the lexical query: 1 like any other text, more for a field whose
            words tell more, 0 to keep it out of lexical search.
        scale: factor from the record's number to the stored one: 0.01 for cents.
        currency: of a price, ISO 4217; prices that queries name in another one are not filtered by.
        group: the stream that owns the field.
        decimal: of a price that the record keeps as text, what stands before the cents.
        separator: parts a text into the values of a list: `>` in `Home > Kitchen`.
        gather: whether the values of all sources are taken, not those of the first that has any.
        absent: texts that say that there is no value, whatever their case: `N/A`.
        html: whether its text is HTML; what a browser would show of it is stored.
    """

    role: Role
    source: tuple[str, ...] = ()
    type: Type = "text"
    language: Language | None = None
    weight: float = Field(1.0, ge=0, le=100)
    scale: float = Field(1.0, gt=0)
    currency: str | None = Field(None, pattern=r"^[A-Z]{3}$")
    group: Name = PRODUCT
    decimal: Decimal = "."
    separator: Annotated[str, Field(min_length=1, max_length=10)] | None = None
    gather: bool = False
    absent: tuple[str, ...] = ()
    html: bool = False

    @model_validator(mode="before")
    @classmethod
    def _defaults(cls, values: Any) -> Any:
        if isinstance(values, dict):
            values = dict(values)
            for key in ("source", "absent"):
                if isinstance(values.get(key), str):
                    values[key] = (values[key],)
            if "type" not in values and values.get("role") in TYPE_OF_ROLE:
                values["type"] = TYPE_OF_ROLE[values["role"]]
        return values

    @model_validator(mode="after")
    def _possible(self) -> "FieldSpec":
        if self.scale != 1 and self.type != "double":
            raise MisplacedError("scale", f"only type 'double' is scaled, this is {self.type!r}")
        if self.currency and self.role != "price":
            raise MisplacedError(
                "currency", f"only role 'price' has a currency, this is {self.role!r}"
            )
        self._check_reading()
        if self.role == "title" and self.type != "text":
            raise MisplacedError("type", f"the title is of type 'text', this is {self.type!r}")
        if 0 < self.weight < 1:
            raise MisplacedError(
                "weight",
                f"0 or at least 1, found {self.weight:g}: every searched text counts once in `all`",
            )
        if self.role == "title" and self.weight == 0:
            raise MisplacedError("weight", "the title's weight is above 0")
        for source in self.source:
            if STAR in source and (self.type != "attributes" or source.count(STAR) > 1):
                raise MisplacedError(
                    "source",
                    f"{source!r}: a pattern has one star, and only type 'attributes' takes it",
                )
        return self

    def _check_reading(self) -> None:
        """Refuse what says how to read a record, where the field cannot be read so."""
        if self.decimal != "." and self.role != "price":
            raise MisplacedError(
                "decimal", f"only role 'price' is read as shops write it, this is {self.role!r}"
            )
        if self.html and self.type not in ("text", "attributes"):
            raise MisplacedError("html", f"only text is HTML, this is of type {self.type!r}")
        listed = self.role not in SINGLE and self.type in ("text", "keyword")
        for key in ("separator", "gather"):
            if getattr(self, key) and not listed:
                raise MisplacedError(
                    key, f"makes a list of texts, and a {self.role} of type {self.type!r} is none"
                )

    @model_serializer(mode="wrap")
    def _written(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave defaults of later keys out: hashes of catalogues from before there were any stand."""
        written: dict[str, Any] = write(self)
        for key in ("decimal", "separator", "gather", "absent", "html"):
            if getattr(self, key) == type(self).model_fields[key].default:
                written.pop(key, None)
        return written

    @property
    def searched(self) -> bool:
        """Whether lexical search reads the field (as part of `all` at least)."""
        return self.type in ("text", "attributes") and self.weight > 0

    def paths(self, name: str) -> tuple[str, ...]:
        """Return where the record keeps the field called `name`; patterns are left out."""
        return tuple(source for source in self.source or (name,) if STAR not in source)


class Source(Table):
    """Where product updates come from.

    Attributes:
        topic: the Kafka topic.
        format: `json`, `debezium`, or another that an entry point `connector.decoders` names.
        id: the record's field that names the product.
        version: what orders two updates of one product: a field of the record (a number, or an
            ISO 8601 time), `@timestamp` (the Kafka record's), `@header:NAME`, or `@offset`.
        ignore: patterns of record fields that are dropped knowingly.
        unknown_fields: what happens to a record with a field that is neither mapped nor ignored.
    """

    topic: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,200}$")]
    format: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,60}$")] = "json"
    id: Annotated[str, Field(min_length=1)] = "id"
    version: Annotated[str, Field(min_length=1)] = "@timestamp"
    ignore: tuple[str, ...] = ()
    unknown_fields: Literal["dead-letter", "ignore"] = "dead-letter"

    @model_validator(mode="after")
    def _known_version(self) -> "Source":
        rule = self.version
        known = rule in ("@timestamp", "@offset") or rule.removeprefix("@header:") not in ("", rule)
        if rule.startswith("@") and not known:
            raise MisplacedError(
                "version", f"{rule!r}: write @timestamp, @offset, @header:NAME or a field's name"
            )
        return self


class Model(Table):
    """Which model embeds this catalogue. Prompts left out are the model's own.

    Attributes:
        name: a hub name, a folder, or `package:NAME`.
        revision: commit of a hub model.
        query_prompt: put before every query.
        document_prompt: put before every document text.
        long_text: what becomes of a text beyond the model's window: cut there (and counted), or
            read in pieces whose vectors are pooled.
    """

    name: str
    revision: str | None = None
    query_prompt: str | None = None
    document_prompt: str | None = None
    long_text: LongText = "truncate"

    @model_serializer(mode="wrap")
    def _written(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave the default out: hashes of catalogues from before there was a choice stand."""
        written: dict[str, Any] = write(self)
        if self.long_text == "truncate":
            written.pop("long_text", None)
        return written


class VectorSpec(Table):
    """One vector field: the text it embeds, with `{field}` for a stored field's text."""

    text: Annotated[str, Field(min_length=3, max_length=1000)]


class Knn(Table):
    """How vectors are indexed; see the k-NN plugin's documentation for what each engine has."""

    engine: Literal["lucene", "faiss"] = "lucene"
    space: Literal["cosinesimil", "innerproduct", "l2"] = "cosinesimil"
    m: int = Field(16, ge=2, le=100)
    ef_construction: int = Field(128, ge=2, le=4096)
    ef_search: int = Field(128, ge=2, le=10_000)
    compression: Literal["none", "byte", "fp16", "on_disk"] = "none"

    @model_validator(mode="after")
    def _engine_has_it(self) -> "Knn":
        if self.compression not in COMPRESSIONS[self.engine]:
            has = " and ".join(map(repr, COMPRESSIONS[self.engine]))
            raise MisplacedError(
                "compression",
                f"engine {self.engine!r} has no compression {self.compression!r}; it has {has}",
            )
        return self


class Index(Table):
    """Shards and replicas of the physical index."""

    shards: int = Field(1, ge=1, le=1024)
    replicas: int = Field(0, ge=0, le=20)
    refresh_interval: str = Field("1s", pattern=r"^(-1|\d+(ms|s|m))$")
