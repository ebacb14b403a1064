"""The drill: a night of counting, and the days after, in a state that is not there; the same for the same seed.

It draws a state, its counties and their ballots, marks the ballots so that the leads change when they should, lets them
come in, and notes what happens when. Pure: a number in, a day and a desk file out, by whole numbers alone. Begin with
`drill.py`.
"""
