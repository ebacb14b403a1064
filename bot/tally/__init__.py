"""Readings to news: intake, judgement, what each channel is told, holds, which source leads, boards, silences.

Begin with `intake.py`.
"""
