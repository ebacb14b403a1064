"""What the operator knows: desk file, settings, counties, tables of the law.

Begin with `desk_file.py`.
"""
