"""Systems are measured against human judgments.

`judgments` reads what people said; `runs` holds what a system answered, and its TREC file;
`live` asks an index; `metrics` scores a run; `compare` says how sure a difference is;
`evaluation` is the whole result; `table` and `report` (with `plots`) show it.
"""
