"""`catalogue.toml`: which field of a product is what, where it comes from and how it is searched."""

import hashlib
import json
import tomllib
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from connector.errors import CatalogueError
from mappings.locate import line_of
from mappings.sources import STAR, Pattern, Sources

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

# Text of these roles can be filtered by its exact value, too.
EXACT_TEXT: tuple[Role, ...] = ("brand", "category", "facet")

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=100)]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class FieldSpec(_Table):
    """One stored field.

    Attributes:
        role: what the field means to ranking.
        source: where the record keeps it: a name, a dotted path, or (for `attributes`) patterns
            such as `attr_*`; the field's own name when left out.
        type: how it is stored; by role when left out. `attributes` is an open set of
            name-value pairs, stored as lines `name: value`, searchable and filterable.
        language: analysis of its text; the catalogue's when left out.
        weight: its weight in the fielded lexical query; 0 keeps it out of lexical search.
        scale: factor from the record's number to the stored one: 0.01 for cents.
        group: the stream that owns the field.
    """

    role: Role
    source: tuple[str, ...] = ()
    type: Type = "text"
    language: Language | None = None
    weight: float = Field(1.0, ge=0, le=100)
    scale: float = Field(1.0, gt=0)
    group: Name = PRODUCT

    @model_validator(mode="before")
    @classmethod
    def _defaults(cls, values: Any) -> Any:
        if isinstance(values, dict):
            values = dict(values)
            if isinstance(values.get("source"), str):
                values["source"] = (values["source"],)
            if "type" not in values and values.get("role") in TYPE_OF_ROLE:
                values["type"] = TYPE_OF_ROLE[values["role"]]
        return values

    @model_validator(mode="after")
    def _possible(self) -> "FieldSpec":
        if self.scale != 1 and self.type != "double":
            raise ValueError(f"scale needs type 'double', this is {self.type!r}")
        if self.role == "title" and (self.type != "text" or self.weight == 0):
            raise ValueError("the title is of type 'text' and has a weight above 0")
        for source in self.source:
            if STAR in source and (self.type != "attributes" or source.count(STAR) > 1):
                raise ValueError(
                    f"source {source!r}: one star, and only where the type is 'attributes'"
                )
        return self

    @property
    def searched(self) -> bool:
        """Whether lexical search reads the field (as part of `all` at least)."""
        return self.type in ("text", "attributes") and self.weight > 0

    def paths(self, name: str) -> tuple[str, ...]:
        """Return where the record keeps the field called `name`; patterns are left out."""
        return tuple(source for source in self.source or (name,) if STAR not in source)


class Source(_Table):
    """Where product updates come from.

    Attributes:
        topic: the Kafka topic.
        format: plain JSON objects, or Debezium's change envelope.
        id: the record's field that names the product.
        version: what orders two updates of one product: a field of the record (a number, or an
            ISO 8601 time), `@timestamp` (the Kafka record's), `@header:NAME`, or `@offset`.
        ignore: patterns of record fields that are dropped knowingly.
        unknown_fields: what happens to a record with a field that is neither mapped nor ignored.
    """

    topic: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,200}$")]
    format: Literal["json", "debezium"] = "json"
    id: str = "id"
    version: str = "@timestamp"
    ignore: tuple[str, ...] = ()
    unknown_fields: Literal["dead-letter", "ignore"] = "dead-letter"


class Model(_Table):
    """Which model embeds this catalogue. Prompts left out are the model's own."""

    name: str
    revision: str | None = None
    query_prompt: str | None = None
    document_prompt: str | None = None


class VectorSpec(_Table):
    """One vector field: the text it embeds, with `{field}` for a stored field's text."""

    text: Annotated[str, Field(min_length=3, max_length=1000)]


class Knn(_Table):
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
            raise ValueError(
                f"engine {self.engine!r} has no compression {self.compression!r}; it has {has}"
            )
        return self


class Index(_Table):
    """Shards and replicas of the physical index."""

    shards: int = Field(1, ge=1, le=1024)
    replicas: int = Field(0, ge=0, le=20)
    refresh_interval: str = Field("1s", pattern=r"^(-1|\d+(ms|s|m))$")


class Catalogue(_Table):
    """The whole file. `hash` changes when anything in it does."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,60}$")]
    language: Language = "english"
    source: Source
    model: Model
    vectors: dict[Name, VectorSpec] = Field(min_length=1)
    fields: dict[Name, FieldSpec] = Field(min_length=1)
    knn: Knn = Knn()
    index: Index = Index()

    @model_validator(mode="after")
    def _consistent(self) -> "Catalogue":
        titles = [name for name, field in self.fields.items() if field.role == "title"]
        if len(titles) != 1:
            raise ValueError(f"exactly one field has role 'title', found {titles or 'none'}")
        for reserved in ({"all", "connector"} | set(self.vectors)) & set(self.fields):
            raise ValueError(
                f"the name {reserved!r} is taken by the index itself; rename the field"
            )
        for name, vector in self.vectors.items():
            self._check_template(name, vector.text)
        return self

    def _check_template(self, name: str, text: str) -> None:
        from mappings.template import names_in

        for field in names_in(text):
            if field not in self.fields:
                raise ValueError(f"vectors.{name}.text uses {{{field}}}, which is not a field")
            if self.fields[field].group != PRODUCT:
                raise ValueError(
                    f"vectors.{name}.text uses {{{field}}} of group {self.fields[field].group!r}; "
                    "embedded text can come from the product stream only"
                )

    @property
    def title(self) -> str:
        """Name of the field with role title."""
        return next(name for name, field in self.fields.items() if field.role == "title")

    @property
    def groups(self) -> tuple[str, ...]:
        """Streams that own fields; `product` always, first."""
        return tuple(dict.fromkeys([PRODUCT, *(field.group for field in self.fields.values())]))

    def owned(self, group: str) -> dict[str, FieldSpec]:
        """Return the fields that a stream owns."""
        return {name: field for name, field in self.fields.items() if field.group == group}

    def language_of(self, name: str) -> Language:
        """Return the language of a field's text."""
        return self.fields[name].language or self.language

    def filter_field(self, name: str) -> str | None:
        """Return the index field that holds exact values of a field; None: cannot be filtered."""
        spec = self.fields.get(name)
        if spec is None or spec.role == "image":
            return None
        if spec.type == "text":
            return f"{name}.keyword" if spec.role in EXACT_TEXT else None
        return f"{name}.keyword" if spec.type == "attributes" else name

    @cached_property
    def sources(self) -> Sources:
        """What is read from where; the id and a version field are read by the decoder."""
        read = {path for name, field in self.fields.items() for path in field.paths(name)}
        version = () if self.source.version.startswith("@") else (self.source.version,)
        patterns = [
            Pattern(name, *source.split(STAR))
            for name, field in self.fields.items()
            for source in field.source
            if STAR in source
        ]
        patterns.sort(key=lambda pattern: -len(pattern.prefix) - len(pattern.suffix))
        return Sources(
            frozenset(read.union(version, (self.source.id,))), tuple(patterns), self.source.ignore
        )

    @cached_property
    def hash(self) -> str:
        """16 hex digits over the whole catalogue, defaults included, order of fields aside."""
        canonical = json.dumps(self.model_dump(mode="json"), sort_keys=True).encode()
        return hashlib.sha256(canonical).hexdigest()[:16]


def read(file: Path) -> Catalogue:
    """Read a catalogue file.

    Raises:
        CatalogueError: one line that names the file, the line, the field and what to write.
    """
    try:
        text = file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CatalogueError(
            f"catalogue {str(file)!r} cannot be read ({type(error).__name__}); "
            "name it with --catalogue or CONNECTOR_CATALOGUE"
        ) from None
    try:
        return Catalogue.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise CatalogueError(f"{file}: not valid TOML: {error}") from None
    except ValidationError as error:
        raise CatalogueError(_explain(file, text, error)) from None


def _explain(file: Path, text: str, error: ValidationError) -> str:
    faults = error.errors(include_url=False)
    first = faults[0]
    path = [str(part) for part in first["loc"] if part != "[key]"]
    more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
    where = ".".join(path) or "the file"
    message = first["msg"].removeprefix("Value error, ")
    return f"{file}:{line_of(text, path)}: {where}: {message}{more}"
