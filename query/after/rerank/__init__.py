"""A slower, better reader for the first hits, within a time budget.

`stage` picks what is read, watches the clock and blends; `cross_encoder` and `late_interaction`
give the scores. A model is loaded once, by the first search that needs it.
"""
