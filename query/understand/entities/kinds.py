"""What kind of thing a field's values are, told by its role and its name."""

from mappings.catalogue import Catalogue
from mappings.tables import FieldSpec
from query.understand.words import keys

AUDIENCE = "audience"
BRAND = "brand"
MODEL = "model number"
# Each line of such a field is a value of its own kind.
ATTRIBUTES = "attributes"

# Words of a field's or an attribute's name, English and Chinese.
_NAMED: dict[str, tuple[str, ...]] = {
    "colour": ("colour", "color", "colours", "colors", "颜色", "色系", "花色"),
    "size": ("size", "sizes", "尺码", "尺寸", "规格", "码数"),
    "material": ("material", "materials", "fabric", "材质", "材料", "面料"),
    AUDIENCE: (
        *("gender", "audience", "age group", "department", "适用人群", "适用对象", "适用性别"),
        *("性别", "年龄段"),
    ),
    MODEL: ("model", "model number", "mpn", "part number", "型号", "货号"),
}
# The first of these in a name says that it is about something else: of a part, or of a package.
_OTHER = frozenset(("connector", "package", "packaging", "pallet", "label", "包装"))
# What a thing is like, not what it is: the nearest products may have it or not.
PROPERTIES = frozenset(_NAMED) - {MODEL}
_KIND = {" ".join(keys(name)): kind for kind, names in _NAMED.items() for name in names}


def kind_of(name: str, spec: FieldSpec) -> str:
    """Return the kind of a field's values; empty when the field names no entities."""
    if spec.role in ("brand", "category"):
        return spec.role
    named = spec.role in ("facet", "attribute") and spec.type in ("text", "keyword")
    return kind_of_name(name) if named else ""


def kind_of_name(name: str) -> str:
    """Return the kind that a name tells by its last words: `product colour` is a colour."""
    told = keys(name.replace("_", " "))
    if _OTHER.intersection(told):
        return ""
    tails = (" ".join(told[at:]) for at in range(len(told)))
    return next((_KIND[tail] for tail in tails if tail in _KIND), "")


def entity_fields(catalogue: Catalogue) -> dict[str, str]:
    """Return the fields that hold entities, with their kinds; open attributes tell line by line."""
    kinds = {
        name: ATTRIBUTES if spec.type == "attributes" else kind_of(name, spec)
        for name, spec in catalogue.fields.items()
    }
    return {name: kind for name, kind in kinds.items() if kind and kind != MODEL}


def model_field(catalogue: Catalogue) -> str:
    """Return the field to look for model numbers in: their own, or the title."""
    own = (name for name, spec in catalogue.fields.items() if kind_of(name, spec) == MODEL)
    return next(own, catalogue.title)
