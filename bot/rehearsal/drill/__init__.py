"""The drill: election night and the days after in a fictional state, the same for the same seed.

It draws the state's counties and their ballots at random, marks the ballots so that the leads change at the right times,
and reports them bit by bit. It is pure, and computes with whole numbers only. Start with `drill.py`.
"""
