"""A Kafka record becomes a ProductChange, or a reason why it never can.

`decoder` sends each record to its topic's `stream`, which knows keys, versions and fields; the
`formats` (`plain`, `debezium`, others by entry point) only open values. See docs/decoders.md.
"""
