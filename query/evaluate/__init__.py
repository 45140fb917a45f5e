"""Systems are measured against human judgments; `judging` gathers those.

`judgments` and `runs` read files, `asking` asks a `live` index; `metrics` scores a run, `scores`
what it says of relevance; `compare` and `significance` say how sure a difference is, `slices` and
`sliced` where it lies, `ablation` what makes it; `evaluation` is all of it, `document`, `table` and
`report` show it.
"""
