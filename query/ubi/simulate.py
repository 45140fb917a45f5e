"""Sessions of shoppers who never were: the very documents that real ones leave."""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random
from typing import Any

from opensearchpy import OpenSearch

from connector.cluster import faults
from connector.errors import ClusterRefusedError
from query.experiments.assign import assigned
from query.experiments.experiment import TREATMENT, Experiment
from query.request import Asker
from query.ubi import event, shown
from query.ubi.indices import Document, Names
from query.ubi.privacy import Privacy
from query.ubi.shopper import Habits, visit
from query.ubi.shown import Shown
from query.ubi.writer import body_of

_BATCH = 500
_READING_S = 8


@dataclass(frozen=True)
class Crowd:
    """Who comes, and when.

    Attributes:
        sessions: one query each.
        clients: that the sessions are of; some come often.
        begin: of the first session, with its time zone.
        days: over which sessions spread.
        habits: of everybody.
        seed: of chance.
        experiment: that they take part in; the first page of each query is its control's, the
            second its treatment's.
    """

    sessions: int
    clients: int
    begin: datetime
    days: float
    habits: Habits = field(default_factory=Habits)
    seed: int = 0
    experiment: Experiment | None = None


def simulate(
    pages: Mapping[str, Sequence[Shown]],
    grades: Mapping[str, Mapping[str, int]],
    crowd: Crowd,
    privacy: Privacy,
    names: Names,
) -> Iterator[Document]:
    """Yield the documents of all sessions, in the order of time.

    Queries are asked as often as Zipf's law says, in the order they come in.

    Args:
        pages: of each judged query, by its id, one page for each system that may answer it.
        grades: product id → grade, by query id.
        crowd: who comes.
        privacy: hides them.
        names: of the indices.
    """
    random = Random(crowd.seed)  # noqa: S311 - chance, no secret
    asked = random.choices(
        list(pages), [1 / place for place in range(1, len(pages) + 1)], k=crowd.sessions
    )
    top = max(grade for products in grades.values() for grade in products.values())
    times = sorted(random.uniform(0, crowd.days) for _ in asked)
    for number, (query_id, day) in enumerate(zip(asked, times, strict=True)):
        client = int(crowd.clients * random.random() ** 2)
        asker = Asker(f"client-{client}", f"user-{client}" if client % 3 else "", f"visit-{number}")
        page = _page(pages[query_id], asker, crowd.experiment, random)
        page = replace(page, query_id=privacy.new_query_id(), asker=asker)
        at = crowd.begin + timedelta(days=day)
        yield Document(names.queries, page.query_id, shown.document(page, privacy, at))
        done = visit(page.ids, grades[query_id], top, crowd.habits, random)
        acts = {"click": done.clicked, "add_to_cart": done.carted, "purchase": done.bought}
        for action, places in acts.items():
            for place in places:
                later = at + timedelta(seconds=_READING_S * (place + 1))
                told = event.document(_event(page, action, place, later), privacy, later)
                yield Document(names.events, f"{page.query_id}-{action}-{place}", told)


def _page(
    pages: Sequence[Shown], asker: Asker, experiment: Experiment | None, random: Random
) -> Shown:
    """Return what a shopper sees: by chance, or by their part of an experiment."""
    variant = assigned(experiment, asker.client) if experiment else None
    if experiment is None or variant is None:
        return random.choice(pages)
    page = pages[variant == TREATMENT]
    return replace(page, experiment=experiment.name, variant=variant)


def _event(page: Shown, action: str, place: int, at: datetime) -> dict[str, Any]:
    """Return an event as the browser's snippet sends it."""
    return {
        "application": "shop",
        "action_name": action,
        "query_id": page.query_id,
        "client_id": page.asker.client,
        "session_id": page.asker.session,
        **({"user_id": page.asker.user} if page.asker.user else {}),
        "timestamp": at.isoformat(),
        "event_attributes": {
            "object": {"object_id": page.ids[place], "object_id_field": "_id"},
            "position": {"ordinal": page.from_ + place + 1},
        },
    }


def write(client: OpenSearch, documents: Iterator[Document]) -> dict[str, int]:
    """Write documents and wait for each; return how many there are, by index.

    Raises:
        ClusterRefusedError: the cluster does not take one.
        ClusterUnavailableError: see `connector.cluster.faults`.
    """
    written: dict[str, int] = {}
    while batch := list(itertools.islice(documents, _BATCH)):
        with faults("writing simulated sessions"):
            answer = client.bulk(body=body_of(batch))
        refused = [item["create"] for item in answer["items"] if "error" in item["create"]]
        if refused:
            raise ClusterRefusedError(
                f"OpenSearch refused {len(refused)} simulated documents: "
                f"{refused[0]['error']['reason']}; run `connector ubi apply` first"
            )
        for one in batch:
            written[one.index] = written.get(one.index, 0) + 1
    with faults("writing simulated sessions"):
        client.indices.refresh(index=",".join(written), params={"ignore_unavailable": "true"})
    return written
