"""Gates that search: a new index must find, rank and answer as well as the one it is to replace.

`self_recall` asks for what is known to be there, `golden` compares rankings, `latency` waits;
`questions` are what the last two ask, `sides` the two indices they ask.
"""
