"""The ranking without us: search pipelines and a search template that live in the cluster.

`shares` turns the learned weights into those of the native legs, `template` is the stored search,
`install` writes both where they differ. What this form cannot do is in docs/pipelines.md.
"""
