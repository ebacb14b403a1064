"""The operator's configuration and the tables that ship: desk file, settings, US counties, recount lines, known feeds.

Begin with `desk_file.py`. All of it is read at the start, frozen and passed in. pydantic checks every part strictly; an
error names its place in one line. A name that two counties could have finds none.
"""
