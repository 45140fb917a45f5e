"""Count brands and price ranges beside the hits, then page through a ranking that stays still."""

from query import Searcher

with Searcher.open("shop") as searcher:
    page = searcher.search("jacket", facets=("brand", "price:50,100,200"), cursor="", size=4)
    for facet in page.facets:
        print(facet.field, {bucket.value: bucket.count for bucket in facet.buckets})
    for _ in range(3):
        print([hit.source["title"] for hit in page.hits])
        page = searcher.search("jacket", cursor=page.cursor, size=4)
