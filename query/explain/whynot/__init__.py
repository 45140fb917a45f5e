"""Where a product was lost on its way through one search.

`follow` takes it past every place where it can be lost, with the numbers that `probe` and `would`
find out; `answer` is what comes of it, `terminal` prints that.
"""
