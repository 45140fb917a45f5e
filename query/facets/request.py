"""What is to be counted."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from connector.errors import RequestError
from mappings.catalogue import Catalogue
from query.filters import filterable

_NUMBERS = ("double", "long")
_MOST_CUTS = 50


@dataclass(frozen=True)
class FacetRequest:
    """A field whose values are counted.

    Attributes:
        field: of the catalogue.
        cuts: of a number: where ranges begin and end, ascending; without, single values count.
    """

    field: str
    cuts: tuple[float, ...] = ()

    @classmethod
    def parse(cls, text: str) -> "FacetRequest":
        """Read `FIELD` or `FIELD:20,50,100`.

        Raises:
            RequestError: the cuts are not ascending numbers.
        """
        field, _, written = text.partition(":")
        try:
            cuts = tuple(float(cut) for cut in written.split(",")) if written else ()
        except ValueError:
            cuts = (math.nan,)
        ascending = all(map(math.isfinite, cuts)) and cuts == tuple(sorted(set(cuts)))
        if not ascending or len(cuts) > _MOST_CUTS:
            raise RequestError(
                f"facet {text!r} is not FIELD or FIELD:NUMBER,NUMBER,… with up to {_MOST_CUTS} "
                "ascending numbers, for example brand or price:20,50,100"
            )
        return cls(field.strip(), cuts)

    @property
    def ranges(self) -> tuple[tuple[float | None, float | None], ...]:
        """The ranges between the cuts and beyond them, each with its low end, without its high."""
        return tuple(pairwise((None, *self.cuts, None)))


def stored(facets: Iterable[FacetRequest], catalogue: Catalogue) -> dict[str, str]:
    """Return the index field of each facet, by its name.

    Raises:
        RequestError: a field that does not exist, has no exact values, or has no ranges.
    """
    fields = {}
    for facet in facets:
        spec = catalogue.fields.get(facet.field)
        field = catalogue.filter_field(facet.field)
        if spec is None or field is None:
            names = dict.fromkeys(name.partition(".")[0] for name in filterable(catalogue))
            raise RequestError(
                f"cannot count {facet.field!r}; this index has: {', '.join(names) or 'no facets'}"
            )
        if facet.cuts and spec.type not in _NUMBERS:
            raise RequestError(
                f"facet {facet.field!r}: ranges need a number, this field is of type {spec.type!r}"
            )
        fields[facet.field] = field
    return fields
