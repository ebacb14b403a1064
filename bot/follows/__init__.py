"""Servers, what their channels follow, which sources they chose to lead, and who may say so.

Begin with `follows.py`.
"""
