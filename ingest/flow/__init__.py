"""How records flow through a worker, from the poll to the commit.

`worker` polls and commits; `pipeline` keeps batches under way; `batch` is the way of one batch;
`offsets` knows what may be committed, `goal` when a run has caught up; `mend` embeds again what
failed; `tally` counts.
"""
