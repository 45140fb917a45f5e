"""Slices on many machines: Celery carries their names, the ledger says what became of them.

`app` is how every side speaks to Redis, `task` what a worker does with a name, `worker` the process;
`queue` and `executor` keep the queues fed: what Redis or a worker loses is sent again.
"""
