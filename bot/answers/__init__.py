"""Questions and their answers: standing, changes, units, chart, provenance, copy, sharing, export.

Begin with `asking.py` (which contest, as of when, who may read the answer). Each subject then has one file, and its
sentences and cards are in the matching `*_words.py`. No answer reads more rows than it shows, however much is stored;
the benchmark `answers` checks that. A button's key contains everything that its answer needs
(`history:TAG:o:TIME:READING`, where the tag is a short digest of the contest's id), so the button works after a
restart. The bytes of shared pictures are stored in the table `pictures`, so that none is lost in a crash.
"""
