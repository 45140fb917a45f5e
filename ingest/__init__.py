"""A product update becomes a document.

`decoders` turn a Kafka record into a `change`; `plan` asks the index what is new; `embedder` makes
vectors; `write` merges it by a versioned script; `deadletters` park what can never be written;
`flow` keeps records moving and commits them; `fleet` runs a worker a device, `doctor` looks.
"""
