"""The ranking learns from shoppers, and nothing that is worse gets to them.

`rounds` goes from clicks to a decision step by step, `journal` keeps what each step found so that
none is done twice, `gate` says what may meet shoppers; `work` is what a round needs of the outside,
`live` gives it, and `history` tells all rounds in a table.
"""
