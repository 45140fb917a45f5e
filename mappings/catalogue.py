"""`catalogue.toml`: which field of a product is what, where it comes from and how it is searched."""

import hashlib
import json
import tomllib
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any

from pydantic import (
    Field,
    SerializerFunctionWrapHandler,
    ValidationError,
    model_serializer,
    model_validator,
)

from connector.errors import CatalogueError
from mappings.faults import not_toml, not_valid
from mappings.sources import STAR, Pattern, Sources
from mappings.tables import (
    EXACT_TEXT,
    PRODUCT,
    FieldSpec,
    Index,
    Knn,
    Language,
    MisplacedError,
    Model,
    Name,
    Source,
    Table,
    VectorSpec,
)
from mappings.template import names_in

__all__ = ["ALL", "PRODUCT", "STATE", "Catalogue", "FieldSpec", "read"]

# Names in the index that no field can have: the searched text of all fields, the bookkeeping.
ALL = "all"
STATE = "connector"


class Catalogue(Table):
    """The whole file. `hash` changes when anything in it does."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,60}$")]
    language: Language = "english"
    source: Source
    model: Model
    vectors: dict[Name, VectorSpec] = Field(min_length=1)
    fields: dict[Name, FieldSpec] = Field(min_length=1)
    streams: dict[Name, Source] = Field(default_factory=dict)
    knn: Knn = Knn()
    index: Index = Index()

    @model_validator(mode="after")
    def _consistent(self) -> "Catalogue":
        self._check_title()
        self._check_streams()
        taken = {ALL, STATE}
        for table, names in (("vectors", self.vectors), ("fields", self.fields)):
            for name in taken & set(names):
                raise MisplacedError(
                    f"{table}.{name}", f"the name {name!r} is taken by the index; choose another"
                )
            taken |= set(names)
        for name, vector in self.vectors.items():
            self._check_template(name, vector.text)
        return self

    def _check_title(self) -> None:
        titles = [name for name, field in self.fields.items() if field.role == "title"]
        if not titles:
            raise MisplacedError("fields", "no field has role 'title'; one must")
        if len(titles) > 1:
            raise MisplacedError(
                f"fields.{titles[1]}.role", f"only one field has role 'title', {titles[0]!r} has it"
            )
        if self.fields[titles[0]].group != PRODUCT:
            raise MisplacedError(
                f"fields.{titles[0]}.group", f"the title belongs to the group {PRODUCT!r}"
            )

    def _check_streams(self) -> None:
        for name, stream in self.streams.items():
            if name == PRODUCT:
                raise MisplacedError(
                    f"streams.{name}", f"the stream {PRODUCT!r} is described by [source]"
                )
            if name not in self.groups:
                raise MisplacedError(
                    f"streams.{name}", f'no field has group = "{name}", so it would bring nothing'
                )
            others = [each.topic for group, each in self.inlets.items() if group != name]
            if stream.topic in others:
                raise MisplacedError(
                    f"streams.{name}.topic", f"{stream.topic!r} feeds another stream already"
                )

    def _check_template(self, name: str, text: str) -> None:
        for field in names_in(text):
            if field not in self.fields:
                raise MisplacedError(f"vectors.{name}.text", f"{{{field}}} is not a field")
            if self.fields[field].group != PRODUCT:
                raise MisplacedError(
                    f"vectors.{name}.text",
                    f"{{{field}}} belongs to group {self.fields[field].group!r}; embedded text "
                    f"comes from group {PRODUCT!r} alone",
                )
        if not names_in(text):
            raise MisplacedError(
                f"vectors.{name}.text", 'names no field; write for example "{title}"'
            )

    @model_serializer(mode="wrap")
    def _written(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave no streams out: hashes of catalogues from before there were any stand."""
        written: dict[str, Any] = write(self)
        if not self.streams:
            written.pop("streams", None)
        return written

    @property
    def title(self) -> str:
        """Name of the field with role title."""
        return next(name for name, field in self.fields.items() if field.role == "title")

    @property
    def groups(self) -> tuple[str, ...]:
        """Streams that own fields; `product` always, first."""
        return tuple(dict.fromkeys([PRODUCT, *(field.group for field in self.fields.values())]))

    @property
    def inlets(self) -> dict[str, Source]:
        """Where each stream that has a topic comes from, by group; `product` first."""
        return {PRODUCT: self.source, **self.streams}

    @property
    def topics(self) -> list[str]:
        """The topics that feed the index, the product stream's first."""
        return [inlet.topic for inlet in self.inlets.values()]

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
    def sources(self) -> dict[str, Sources]:
        """What is read from where, by stream; the id and a version field are the decoder's."""
        return {group: self._sources(self.inlets.get(group, self.source)) for group in self.groups}

    def _sources(self, source: Source) -> Sources:
        read = {path for name, field in self.fields.items() for path in field.paths(name)}
        version = () if source.version.startswith("@") else (source.version,)
        patterns = [
            Pattern(name, *path.split(STAR))
            for name, field in self.fields.items()
            for path in field.source
            if STAR in path
        ]
        patterns.sort(key=lambda pattern: -len(pattern.prefix) - len(pattern.suffix))
        return Sources(frozenset(read.union(version, (source.id,))), tuple(patterns), source.ignore)

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
        text = file.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise CatalogueError(
            f"catalogue {str(file)!r} cannot be read ({type(error).__name__}); "
            "name it with --catalogue or CONNECTOR_CATALOGUE"
        ) from None
    try:
        return Catalogue.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise CatalogueError(not_toml(file, error)) from None
    except ValidationError as error:
        tables = (Catalogue, FieldSpec, Source, Model, VectorSpec, Knn, Index)
        raise CatalogueError(not_valid(file, text, error, tables)) from None
