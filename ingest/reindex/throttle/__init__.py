"""How fast slices are carried while a cluster serves searches.

`watch` reads how the nodes do, `decide` makes of it a pace, `window` knows the hours of the day,
`throttle` makes who carries wait; `--rate` is never passed, however well the nodes do.
"""
