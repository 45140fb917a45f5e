"""Search the example shop and print what each hit was found by."""

from query import Searcher

with Searcher.open("shop") as searcher:
    page = searcher.search("something to keep coffee warm", size=5)
    print(f"{page.total} products, {page.took_ms:.0f} ms")
    for hit in page.hits:
        print(f"{hit.score:.3f}  {hit.source['title']}  {', '.join(hit.evidence.found_by)}")
