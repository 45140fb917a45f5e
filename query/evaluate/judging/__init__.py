"""How judgments come about: `connector judgments`.

`pool` gathers what several systems found, for people to judge; `foreign` reads what they said, or
what other tools kept in `lines` of their own; `merge` puts judgments together; `sheet` writes.
"""
