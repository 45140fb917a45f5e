"""What one search sees: the index as it stands, or as it stood at a cursor's first page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from query.paging import Cursor, begin, fingerprint
from query.ranking import Ranking, Stage
from query.request import SearchRequest
from query.systems.reader import Json, Reader


@dataclass(frozen=True)
class View:
    """The ground of one search.

    Attributes:
        reader: the open index.
        request: checked.
        pit: point in time that everything is read in; None for the index as it stands.
        depth: candidates that are ranked.
        at: what dates and freshness are measured by.
        cursor: of the page that is asked for; None on a first page, and without cursors.
    """

    reader: Reader
    request: SearchRequest
    pit: str | None
    depth: int
    at: datetime
    cursor: Cursor | None

    @classmethod
    def of(cls, reader: Reader, request: SearchRequest) -> "View":
        """Return the view of a request; a first page with a cursor opens a point in time.

        Raises:
            RequestError: the cursor is damaged, or of another request.
        """
        depth, now = reader.settings.candidates, datetime.now(UTC)
        if request.cursor is None:
            return cls(reader, request, None, depth, now, None)
        if not request.cursor:
            pit = reader.engine.open_point(request.text)
            return cls(reader, request, pit, depth, now, None)
        cursor = Cursor.read(request.cursor, fingerprint(request, reader.engine.alias))
        return cls(reader, request, cursor.pit, cursor.depth, cursor.time, cursor)

    def search(self, body: Json) -> Json:
        """Run a search with named scores."""
        return self.reader.engine.search(body, self.request.text, named=True, pit=self.pit)

    def sources(self, ids: Sequence[str], shown: Json) -> dict[str, Json]:
        """Return the stored fields of products by id; a product that is gone is missing."""
        if not ids:
            return {}
        return self.reader.engine.sources(ids, shown, self.request.text, pit=self.pit)

    def stages(self) -> tuple[Stage, ...]:
        """Return the stages of this search, in order."""
        if self.reader.after is None:
            return ()
        left_out = self.reader.left_out(self.request)
        patient = self.pit is not None
        stages = self.reader.after.stages(self._rows, self.at, patient=patient)
        return tuple(stage for stage in stages if stage.name not in left_out)

    def page(self, ranking: Ranking) -> tuple[range, str | None]:
        """Return the rows of the page, and the cursor of the next one where there is one.

        Raises:
            RequestError: the ranking is not the one that the cursor was made for.
        """
        if self.pit is None:
            end = self.request.from_ + self.request.size
            return range(*slice(self.request.from_, end).indices(len(ranking.ids))), None
        print_ = fingerprint(self.request, self.reader.engine.alias)
        cursor = self.cursor or begin(self.pit, print_, ranking.ids, self.depth, self.at)
        rows, following = cursor.page(ranking.ids, self.request.size)
        return rows, str(following) if following else None

    def close(self) -> None:
        """Give the point in time back, where there is one: nothing comes after this page."""
        if self.pit:
            self.reader.engine.close_point(self.pit)

    def _rows(self, ids: Sequence[str], names: Sequence[str]) -> list[Mapping[str, Any]]:
        found = self.sources(ids, {"includes": list(names)})
        return [found.get(id_, {}) for id_ in ids]
