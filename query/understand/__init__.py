"""From what was typed to what is asked for.

Every step is a function from one `Interpretation` to the next and leaves a `Finding` for each
thing it noticed: what it matched, where, from which source, and what that changed.
"""
