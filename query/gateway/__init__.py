"""Existing clients reach the cluster through here: an endpoint that speaks OpenSearch.

`route` knows the calls that only read, `check` what a body may ask, `gate` how many come in at once,
`forward` passes on the rest, `refuse` says no. `decide` says which searches are ranked, `ranker`
does it within `budget`, some on a `canary`; `outcome` is what came; `behaviour`, `events` record it.
"""
