"""Changes are merged into the index, one bulk verb for all.

`item` is one write and what became of it; `writer` sends them and sends again what failed;
`outcome` is the table from the cluster's answer to what happens next; `patience` says how long.
"""
