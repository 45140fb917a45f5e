"""How much each term of the score counts, learned from judged queries.

`model` is the file; `features` reads rankings of judged queries, `table` scores all of them at
once; `learner` climbs nDCG@10 itself; `crossvalidate` learns without what it is tested on; `gate`
says whether the new weights may replace those in force; `training` does it all, `screen` shows it.
"""
