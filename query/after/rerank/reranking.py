"""The table of the file of rules that is about reranking."""

from typing import Annotated, Literal, Self

from pydantic import Field, ValidationInfo, model_validator

from mappings.tables import MisplacedError, Name, Table
from mappings.template import names_in
from query.after.checks import require_field


class Reranking(Table):
    """A slower, better reader for the first hits.

    Attributes:
        kind: `cross-encoder` reads query and product together; `late-interaction` compares their
            words' vectors, by the index's own model.
        model: of the cross-encoder: a hub name, a folder, or `package:NAME`.
        revision: commit of a hub model.
        text: what is read of a product, with `{field}` for a field's text.
        fields: read one by one instead, each score counting by its weight.
        weight: of its score in the blend.
        depth: first hits that are read.
        budget_ms: after which the ranking stays as it was.
    """

    kind: Literal["cross-encoder", "late-interaction"]
    model: str | None = None
    revision: str | None = None
    text: str | None = None
    fields: dict[Name, Annotated[float, Field(gt=0)]] = Field(default_factory=dict)
    weight: float = Field(0.5, gt=0, le=1)
    depth: int = Field(30, ge=2, le=200)
    budget_ms: float = Field(200.0, gt=0)

    @model_validator(mode="after")
    def _possible(self, info: ValidationInfo) -> Self:
        if (self.kind == "cross-encoder") != (self.model is not None):
            needs = "needs model" if self.model is None else "reads with the index's own model"
            raise MisplacedError("kind" if self.model is None else "model", f"{self.kind} {needs}")
        if (self.text is None) != bool(self.fields):
            raise MisplacedError("text", "one of text and fields says what is read of a product")
        for key, names in (("text", names_in(self.text or "")), ("fields", self.fields)):
            for name in names:
                require_field(name, key, info)
        if self.text is not None and not names_in(self.text):
            raise MisplacedError("text", 'names no field; write for example "{title}"')
        return self

    @property
    def templates(self) -> tuple[tuple[str, float], ...]:
        """What is read, each with its weight."""
        if self.text is not None:
            return ((self.text, 1.0),)
        return tuple((f"{{{name}}}", weight) for name, weight in self.fields.items())
