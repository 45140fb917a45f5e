"""Follow a product through a search to the place where it is lost."""

from query import Searcher

with Searcher.open("shop") as searcher:
    answer = searcher.why_not("SH-0003", "warm jacket for hiking", filters={"price": (None, 200)})
    for check in answer.checks:
        print({True: "yes", False: "no", None: ""}[check.passed], check.name, check.said, sep="\t")
    print("lost at:", answer.lost)
