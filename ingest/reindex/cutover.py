"""The alias moves from one index to another in one call, or not at all."""

from opensearchpy import OpenSearch

from connector.cluster import faults
from connector.errors import RefusedError
from ingest.reindex import indices
from mappings.index import ALIVE
from mappings.live import find_index


def switch(client: OpenSearch, alias: str, old: str, new: str) -> None:
    """Let an alias lead to `new` instead of `old`; nothing where it does already.

    An alias that is gone with the index it led to is made again.

    Raises:
        RefusedError: it leads to neither.
    """
    live = find_index(client, alias)
    there = live.physical if live else None
    if there == new:
        return
    gone = there is None and not indices.there(client, old)
    if there != old and not gone:
        raise RefusedError(
            f"the alias {alias!r} leads to {repr(there) if there else 'nothing'}, not to "
            f"{old!r}: somebody else has moved it; look into that first, then "
            "`connector reindex abort`"
        )
    with faults(f"moving the alias {alias!r} from {old!r} to {new!r}"):
        remove = {"remove": {"index": old, "alias": alias, "must_exist": True}}
        add = {"add": {"index": new, "alias": alias, "filter": ALIVE}}
        client.indices.refresh(index=new)
        client.indices.update_aliases(body={"actions": [add] if gone else [remove, add]})
