"""A new physical index takes the place of the old one under live traffic.

`delta` says what changes, `run`, `slices` and `ledger` what a run remembers; `carry` moves a slice
of documents with their versions, `local` all of them; `tail` follows the topics; `steps` is the
protocol from state to state, `drive` goes through it, `sharing` sends part of the reads, `cutover`
moves the alias there and back.
"""
