"""The contract between a product and an index.

`catalogue` says which field is what, `document` shapes a record's fields for storage, `contract`
keeps the vectors of two models apart. `index` renders it all; `live` opens what stands in a cluster,
`compare` tells how it differs, `apply` changes what can be changed, `gate` what else must hold.
"""
