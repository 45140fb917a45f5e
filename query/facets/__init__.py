"""Facets: how many products there are of each value of a field.

`matches` counts all products that have any of the query's words, exactly, in the engine;
`candidates` counts those that the pages can show. `request` is what is asked, `facet` the answer.
"""
