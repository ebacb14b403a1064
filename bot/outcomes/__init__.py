"""Certification and calls: by whom, of what, until when.

Begin with `certification.py`.
"""
