"""A recognised search is answered with the hybrid ranking, in the client's own name.

`client` sends searches with the client's credentials, `bodies` writes them, `answer` runs them:
candidates, then the page, and what is counted beside both. `compose` puts the response together,
`respond` goes from one to the other.
"""
