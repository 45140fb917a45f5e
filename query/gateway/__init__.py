"""Existing clients reach the cluster through here: an endpoint that speaks OpenSearch.

`route` knows the calls that only read, `check` what a body may ask, `gate` how many come in at
once, and `forward` passes the rest on as it came; `refuse` is how the gateway says no, and `behaviour`
and `events` record what shoppers see and do.
"""
