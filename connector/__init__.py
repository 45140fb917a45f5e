"""Ground floor: everything that touches the outside, and the command line.

`settings` and `errors` are passed and raised everywhere; `cluster` speaks OpenSearch,
`broker` Kafka, `encoder` torch; `local` runs real servers on this machine; `cli` is the
command. Nothing here knows what a product or a query is.
"""
