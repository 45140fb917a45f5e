"""Put systems side by side, and see what the hybrid loses without a step or a term."""

from query import Searcher

with Searcher.open("shop") as searcher:
    for system in ("bm25", "vector", "native", "hybrid"):
        page = searcher.search("torch for camping", system=system, size=3)
        print(f"{system:8}", [hit.source["title"] for hit in page.hits])
    for part in searcher.parts:
        page = searcher.search("torch for camping", without=part, size=3)
        print(f"- {part:12}", [hit.id for hit in page.hits])
