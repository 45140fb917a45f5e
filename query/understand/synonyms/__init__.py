"""Words that mean the same: rules that people wrote or accepted, and candidates that wait.

Rules stand in files of Solr's format (`solr`), are matched in a query (`matcher`) by the step
(`step`) and re-read when a file changes (`folder`). Candidates come from `sources`, wait in
`candidates`, are judged by people or by their `lift`, and become rules when `checks` has no doubt.
"""
