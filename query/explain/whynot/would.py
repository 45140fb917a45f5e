"""What a product would have scored, had it been a candidate."""

from dataclasses import replace

import numpy as np

from query import candidates, legs
from query.candidates import Candidates
from query.gather import Gathered
from query.ranking import Ranking
from query.score import ranked, terms_of
from query.systems.reader import Reader


def would(reader: Reader, gathered: Gathered, id_: str) -> Ranking | None:
    """Return the ranking with one more candidate; None when no leg can find the product at all.

    Args:
        reader: the open index.
        gathered: the search without it.
        id_: of the product.
    """
    asked = gathered.asked
    alone = replace(asked, conditions=(*asked.conditions, legs.among([id_])))
    body = candidates.body(alone, reader.catalogue, 1)
    answer = reader.engine.search(body, asked.query.text, named=True)
    one = candidates.read(answer, asked)
    if not one.ids:
        return None
    found = _joined(gathered.found, one)
    return ranked(found, terms_of(asked, found, reader.first_pass), gathered.weights)


def _joined(found: Candidates, one: Candidates) -> Candidates:
    names = {*found.named, *one.named}
    return replace(
        found,
        ids=(*found.ids, *one.ids),
        named={name: np.concatenate([found.score(name), one.score(name)]) for name in names},
        sketches=np.concatenate([found.sketches, one.sketches]),
        cosines=np.concatenate([found.cosines, one.cosines]),
        categories=[*found.categories, *one.categories],
        fields={},
    )
