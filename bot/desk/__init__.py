"""What the operator knows: desk file, settings, US counties, tables of the law. Read at the start, frozen, passed in.

Begin with `desk_file.py`. Every part is checked by pydantic, strictly; an error names the place in one line. A county
that could be two is none.
"""
