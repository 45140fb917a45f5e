"""Why a hit stands where it stands, and why a product does not.

`matches` asks which words a page's hits have in which fields; `card` turns the evidence into what
`terminal` and `page` show; `schema` describes it for programs; `whynot` follows one product
through a search, to where it was lost.
"""
