"""Filter by field: one value, any of several, a range; words of the query can filter, too."""

from query import Searcher

with Searcher.open("shop") as searcher:
    filters = {"category": ["Jackets", "Backpacks"], "price": (None, 150), "rating": (4, None)}
    for hit in searcher.search("light and waterproof", filters=filters, size=5).hits:
        print(hit.source["price"], hit.source["category"], hit.source["title"])

    understood = searcher.search("backpack under $80 without wheels").interpretation
    print("price:", understood.price, "· avoided:", understood.avoided)
