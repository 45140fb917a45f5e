"""What is looked at before searches are sent to a new index, and refused by name.

`run` asks every installed gate (`mappings.gate`) and shows what they say. Of its own the room has
`counts`, `checksum` and `vectors`; those that search are in `query.gates`.
"""
