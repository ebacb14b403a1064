"""Reports of NIST SP 1500-100, version 2, the Election Results Reporting Common Data Format.

Begin with `reader.py`, then `units.py` (who is a part of whom).
"""
