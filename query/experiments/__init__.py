"""Two rankings meet shoppers, and what is said of them may be looked at any time.

`experiment` says what is compared, `assign` and `interleave` who sees what, `live` shows it;
`outcomes` reads what came of it, `sequential` how sure that is, `decide` when to stop, `report`
tells, and `store` keeps it all.
"""
