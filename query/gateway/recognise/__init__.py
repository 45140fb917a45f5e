"""What a search asks, read without asking anybody: a pure function from a body to what it means.

`request` reads a whole search into a `recognised` one: what its `address` says, which `page` it asks
for in which `order`; `tree` reads its query, `texts` the clauses that hold the user's words, `reasons`
says why one is left to the cluster. Whatever is not on a list here is not recognised.
"""
