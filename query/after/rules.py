"""The merchandiser's file of rules."""

import tomllib
from pathlib import Path

from pydantic import ValidationError

from connector.errors import RulesError
from mappings.catalogue import Catalogue
from mappings.faults import not_toml, not_valid
from mappings.tables import Table
from query.after.queries import Hide, Pin
from query.after.rerank.reranking import Reranking
from query.after.tables import Boost, Collapse, Diversity, Guardrail


class Rules(Table):
    """The whole file; without one nothing happens after fusion."""

    guardrail: Guardrail = Guardrail()
    boost: tuple[Boost, ...] = ()
    pin: tuple[Pin, ...] = ()
    hide: tuple[Hide, ...] = ()
    collapse: Collapse | None = None
    diversity: Diversity | None = None
    rerank: Reranking | None = None


_TABLES = (Rules, Guardrail, Boost, Pin, Hide, Collapse, Diversity, Reranking)


def read(file: Path, catalogue: Catalogue) -> Rules:
    """Read a file of rules; its fields are the catalogue's.

    Raises:
        RulesError: one line that names the file, the line, the key and what to write.
    """
    try:
        text = file.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise RulesError(
            f"rules {str(file)!r} cannot be read ({type(error).__name__}); the setting "
            "search.rules names the file"
        ) from error
    try:
        return Rules.model_validate(tomllib.loads(text), context=catalogue)
    except tomllib.TOMLDecodeError as error:
        raise RulesError(not_toml(file, error)) from None
    except RecursionError:
        raise RulesError(f"{file}: lists or tables within too many others") from None
    except ValidationError as error:
        raise RulesError(not_valid(file, text, error, _TABLES)) from None
