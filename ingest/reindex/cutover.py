"""The alias moves from one index to another in one call, or not at all."""

from opensearchpy import OpenSearch

from connector.cluster import faults
from connector.errors import RefusedError
from mappings.index import ALIVE
from mappings.live import open_index


def switch(client: OpenSearch, alias: str, old: str, new: str) -> None:
    """Let an alias lead to `new` instead of `old`; nothing where it does already.

    Raises:
        RefusedError: it leads to neither.
    """
    there = open_index(client, alias).physical
    if there == new:
        return
    if there != old:
        raise RefusedError(
            f"the alias {alias!r} leads to {there!r}, not to {old!r}: somebody else has moved it; "
            "look into that first, then `connector reindex abort`"
        )
    actions = [
        {"remove": {"index": old, "alias": alias, "must_exist": True}},
        {"add": {"index": new, "alias": alias, "filter": ALIVE}},
    ]
    with faults(f"moving the alias {alias!r} from {old!r} to {new!r}"):
        client.indices.refresh(index=new)
        client.indices.update_aliases(body={"actions": actions})
