"""What a search asks, read without asking anybody: a pure function from a body to what it means.

`request` reads a whole search, `tree` its query, `texts` the clauses that hold the user's words,
`reasons` says why one is left to the cluster. Whatever is not on a list here is not recognised.
"""
