"""How records flow through a worker, from the poll to the commit.

`worker` polls; `pipeline` carries batches through stages, `batch` says what happens in each;
`ledger` and `offsets` know what may be committed, `goal` when a run has caught up; `lag`,
`watchdog` and `status` tell how it goes; `mend` finds what failed before.
"""
