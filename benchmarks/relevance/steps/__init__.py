"""Queries that each step of understanding must change for the better, and queries it must leave.

`python -m benchmarks.relevance.steps` asks them of live indices. README.md tells how the queries
and their judgments were made.
"""
