"""How much each term of the score counts, learned from judged queries.

`model` is what a weights file holds; `features` are rankings of judged queries, `learner` climbs
nDCG@10 on them, `crossvalidate` scores queries by weights learned without them, `gate` says
whether new weights may replace those in force; `training` does it all, `screen` shows it.
"""
