"""Servers, what their channels follow, and who may say so.

Begin with `follows.py`.
"""
