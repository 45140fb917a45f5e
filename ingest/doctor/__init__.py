"""Everything that can be wrong with a catalogue's way in, checked.

`case` is what is looked at, read once; `checks` holds one function a check, by what it looks at;
`examine` runs them all; `finding` is what one found and what helps.
"""
