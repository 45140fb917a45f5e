"""What is remembered of evaluations and of the way in: `connector-relevance`, `connector-metrics`.

`fields` says what stands in each index, `store` creates and fills them. Nothing else is kept there
than numbers, names of systems, topics and models, and, where asked for, the judged queries' texts.
"""
