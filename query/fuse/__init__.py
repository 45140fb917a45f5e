"""Scores of several legs become one.

`convex` is the connector's own: a linear score of calibrated, named terms; `weights` are its
fixed weights; `native` is OpenSearch's normalisation of each page's scores, for comparison.
"""
