"""The contract between a product and an index.

`catalogue` reads which field is what; `document` shapes a record's fields for storage;
`contract` is the model contract that keeps vectors of two models apart; `analysis` and `index`
turn it into settings, mapping and aliases; `live` compares and applies them to a cluster.
"""
