"""Questions and their answers: standing, moves, units, chart, provenance, copy, sharing, export.

Begin with `asking.py` (which contest, as of when, who may read it); then a file a subject, its card in the `*_words.py`
beside it. No answer reads more rows than it shows, however much is stored; the bench `answers` holds that. A button's
key says all that it needs (`history:TAG:o:TIME:READING`; the tag is a short digest of the contest's id), so it works
after a restart. A shared picture's bytes are in `pictures`, so that a crash loses none.
"""
