"""The systems that answer a request, one a file.

`bm25` is the lexical leg alone; `native` is OpenSearch's own hybrid; `blended` is the
connector's, with the lexical leg (`hybrid`) or without (`vector`).
"""
