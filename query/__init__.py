"""A query becomes a ranking.

`request` is what is asked; `legs` are the lexical and vector queries; `fuse` blends them into
one calibrated score; `search` runs a system from end to end; `explain` shows why a hit is where
it is; `evaluate` measures systems against human judgments.
"""
