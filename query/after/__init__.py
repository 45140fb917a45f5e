"""What happens to a ranking after fusion, one stage a file, in this order.

hides → rerank → boosts → collapse → diversity → pins: what is not wanted costs no time, what a
person pinned has the last word. `rules` reads the merchandiser's file, `build` makes the stages.
"""
