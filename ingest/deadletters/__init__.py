"""What can never be written is parked, looked at, mended and replayed.

`letter` is one record and why it was refused; `parking` keeps letters in Kafka; `commands` lists
them, shows them and sends their records the product's way again.
"""
