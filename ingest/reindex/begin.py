"""What a reindex would do, decided before anything is touched."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from opensearchpy import OpenSearch

from connector.cluster import faults
from connector.errors import RefusedError
from ingest.reindex.delta import Delta, delta
from ingest.reindex.ledger import Ledger
from ingest.reindex.run import ENDED, Run, Source
from ingest.run import now
from mappings.catalogue import Catalogue
from mappings.compare import Difference, differences
from mappings.contract import contract_of
from mappings.index import physical_name, version_in
from mappings.live import LiveIndex, open_index

_SHOWN = 3


@dataclass(frozen=True)
class Proposal:
    """What would be done.

    Attributes:
        old: the index that is searched now.
        new: the new one's name.
        catalogue: what it would be built from.
        differences: between the two.
        delta: what of that concerns documents and vectors.
    """

    old: LiveIndex
    new: str
    catalogue: Catalogue
    differences: list[Difference]
    delta: Delta

    @property
    def differs(self) -> bool:
        """Whether the catalogue asks for what only a new index can be."""
        return any(each.effect == "needs reindex" for each in self.differences)


def propose(client: OpenSearch, ledger: Ledger, catalogue: Catalogue) -> Proposal:
    """Compare a catalogue with its live index.

    Raises:
        IndexMissingError, RefusedError: see `mappings.live.open_index`.
        EncoderError: the new model's files cannot be found.
    """
    old = open_index(client, catalogue.name)
    contract = contract_of(catalogue)
    found = differences(catalogue, contract, old)
    new = _next(client, ledger, old)
    return Proposal(old, new, catalogue, found, delta(old, catalogue, contract))


def require_due(proposal: Proposal, ledger: Ledger, source: Source) -> None:
    """Check that there is something to do, that it can be done, and that nobody is at it.

    Raises:
        RefusedError: says which.
    """
    name = proposal.catalogue.name
    for run in ledger.runs(name):
        if run.state not in ENDED:
            raise RefusedError(
                f"the reindex run {run.id!r} is {run.state}; go on with it (`connector reindex "
                f"resume {run.id}`), or end it (`connector reindex abort|finish|rollback {run.id}`)"
            )
    if source == "index" and not proposal.differs:
        what = "`connector mappings apply` changes in place" if proposal.differences else "is there"
        raise RefusedError(
            f"nothing of {name!r} needs a new index: all that is asked for {what}; where what it "
            "holds is wrong, build one from the topics all the same with --from log"
        )
    unkept = proposal.delta.unkept
    if source == "index" and unkept:
        more = f" and {len(unkept) - _SHOWN} more" if len(unkept) > _SHOWN else ""
        raise RefusedError(
            f"{proposal.old.physical!r} cannot give all that is asked for: "
            f"{'; '.join(unkept[:_SHOWN])}{more}; fill the new index from the topics with "
            "--from log"
        )


def run_of(  # noqa: PLR0913 - what the command asks for
    proposal: Proposal,
    source: Source,
    workers: str,
    *,
    overridden: tuple[str, ...] = (),
    rate: float | None = None,
    windows: tuple[str, ...] = (),
    canary: float | None = None,
    queries: Path | None = None,
    qrels: Path | None = None,
) -> Run:
    """Return the run that carries a proposal out."""
    return Run(
        proposal.new,
        proposal.catalogue.name,
        proposal.old.physical,
        proposal.catalogue.model_dump(mode="json"),
        source,
        workers,
        "embed" if proposal.delta.computed else "copy",
        entered={"planned": now()},
        overridden=overridden,
        rate=rate,
        windows=windows,
        canary=canary,
        queries=str(queries.resolve()) if queries else None,
        qrels=str(qrels.resolve()) if qrels else None,
    )


def _next(client: OpenSearch, ledger: Ledger, old: LiveIndex) -> str:
    """Return the first name that no index and no run had."""
    with faults(f"looking for indices of {old.alias!r}"):
        there = client.indices.get_alias(index=f"{old.alias}-v*")
    taken = [*there, *(run.id for run in ledger.runs(old.alias)), old.physical]
    return physical_name(old.alias, max(map(version_in, taken)) + 1)


def lines(proposal: Proposal) -> Iterator[str]:
    """Yield what changes, a line each."""
    for each in proposal.differences:
        yield f"{each.path}: {json.dumps(each.live)} -> {json.dumps(each.wanted)} ({each.effect})"
