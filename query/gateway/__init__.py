"""Existing clients reach the cluster through here: an endpoint that speaks OpenSearch.

`route` knows the calls that only read, `check` what a body may ask, `gate` how many come in at once,
`forward` passes on the rest and `refuse` says no. `decide` says which searches are ranked, `ranker`
ranks them within `budget`, `outcome` is what came of it; `behaviour` and `events` record shoppers.
"""
