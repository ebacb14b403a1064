"""The AP Elections API.

Begin with `reader.py`.
"""
