"""What shoppers were shown and what they did, in the schema of User Behavior Insights 1.3.

`recorder` takes both and `writer` writes them beside the search; `shown` and `event` are the two
documents, `privacy` keeps people out of them, `indices` holds them for a while, `forget` removes
one person; `shopper` makes sessions from judgments where there are no shoppers yet.
"""
