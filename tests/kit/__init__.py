"""A kit to test delivery with: traffic whose outcome is known, crashes on purpose, and a judge.

`workload` makes changes, `history` folds what Kafka holds of them and compares it with the index,
`crash` ends a worker at a named point, `crew` runs workers, `stage` is the place they work in;
`proxy` stands between a worker and a server and makes trouble.
Nothing here that judges uses the code it judges.
"""
