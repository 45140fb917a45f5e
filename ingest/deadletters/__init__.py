"""What can never be written is parked, looked at, and sent again once the cause is mended.

`letter` is one record and why it was refused; `payload` what is kept of it; `parking` puts letters
into a compacted topic and `shelf` reads them back, one for each record; `originals` finds their
records in Kafka; `replay` sends those the product's way again; `select` filters.
"""
