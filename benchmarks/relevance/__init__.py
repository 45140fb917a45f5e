"""How well each system ranks, on catalogues with human judgments and on a running stack.

`python -m benchmarks.relevance` prints one table: every system on every catalogue, with intervals.
"""
