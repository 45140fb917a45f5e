"""What has to hold before a tombstone is forgotten: no older change of its product is on its way."""

from connector.errors import RefusedError
from ingest.deadletters.select import product_of
from ingest.deadletters.shelf import letters_of
from ingest.doctor.case import Case
from ingest.flow.removed import REMOVED
from ingest.reindex.ledger import Ledger
from ingest.reindex.run import ENDED

# Records of these letters name no product, and no replay writes them.
_NAMELESS = ("NullKey", REMOVED)


def require_settled(case: Case) -> None:
    """Check that no reindex is under way: it carries documents that it has read a while ago.

    Raises:
        RefusedError: one is.
    """
    for run in Ledger(case.client).runs(case.catalogue.name):
        if run.state not in ENDED:
            raise RefusedError(
                f"the reindex {run.id!r} is under way ({run.state}); purge when it is finished, "
                "rolled back or aborted (`connector reindex status`)"
            )


def require_read(case: Case, before_ms: int) -> None:
    """Check that every record from before a time was read.

    Args:
        case: whose topics are looked at.
        before_ms: milliseconds since the epoch.

    Raises:
        RefusedError: some partition has older records that were not.
    """
    young = case.offsets(before_ms)
    for place in case.partitions:
        done = case.done(place)
        needed = young[place] if young[place] >= 0 else case.end[place]
        if done < needed:
            raise RefusedError(
                f"partition {place.partition} of {place.topic!r} has {needed - done:,} unread "
                "records that are as old as the tombstones: they may be of the same products; let "
                "`connector ingest` catch up first"
            )


def waiting(case: Case) -> list[str]:
    """Return the products of dead letters that may be replayed, each once.

    Raises:
        RefusedError: of one it is not known which product it is about.
    """
    ids = {each.topic: each.id for each in case.catalogue.inlets.values()}
    letters = letters_of(case.settings.kafka, case.topics)
    ours = [each for each in letters if each.index == case.live.physical]
    for letter in ours:
        if letter.key is None and letter.error_class not in _NAMELESS:
            raise RefusedError(
                f"the dead letter {letter.name} was too large to keep its key, so that its product "
                "is not known; replay it or discard it first (`connector deadletters`)"
            )
    found = (product_of(each, ids[each.position.topic]) for each in ours)
    return sorted({product for product in found if product is not None})
