"""Questions and their answers: standing, moves, units, chart, provenance, copy, sharing, export.

Begin with `asking.py` (which contest, as of when, who may read it). Then there is one file for each subject, with its
sentences and cards in the matching `*_words.py`. No answer reads more rows than it shows, however much is stored; the
benchmark `answers` checks that. A button's key holds all that it needs (`history:TAG:o:TIME:READING`, where the tag is
a short digest of the contest's id), so it works after a restart. The bytes of shared pictures are stored in the table
`pictures`, so that none is lost in a crash.
"""
