"""Clicks become judgments: what was wanted, apart from where it stood.

`log` is what was shown and clicked, `stored` reads it from the indices, `honest` leaves out who is
no shopper; `position`, `cascade` and `weighting` each estimate what is wanted, and `graded` makes
judgments of it that say how sure they are; `judgments` writes their files in one call.
"""
