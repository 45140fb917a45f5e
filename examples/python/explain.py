"""Say what the first hit's score is the sum of, and which words it has in which fields."""

from query import Searcher

with Searcher.open("shop") as searcher:
    page = searcher.search("wireles headphones for travel", size=1, explain=True)
    for finding in page.interpretation.findings:
        print(f"{finding.step}: {finding.text!r} {finding.effect} ({finding.source})")
    evidence = page.hits[0].evidence
    for term in sorted(evidence.terms, key=lambda term: -term.share):
        print(f"{term.share:+.3f}  {term.name}")
    for match in evidence.matches:
        print(f"{match.found!r} stands in {match.field}")
