"""A product update becomes a document.

`decode` turns a Kafka record into a `change`; `plan` asks the index what is new; `text` and
`vectors` embed it; `write` merges it by a versioned script; `outcome` says what became of it;
`offsets` knows what may be committed; `deadletters` parks what can never be written; `worker`
runs the way from end to end.
"""
