"""Old tombstones are removed, once nothing older than they are can arrive any more.

`guards` look whether something still can; `tombstones` finds them and removes them.
"""
