"""A product update becomes a document.

`decode` turns a Kafka record into a `change`; `plan` asks the index what is new; `text` and
`vectors` embed it; `write` merges it by a versioned script; `outcome` says what became of it;
`deadletters` parks what can never be written; `flow` keeps records moving and commits them.
"""
