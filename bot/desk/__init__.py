"""The operator's configuration (desk file, settings), and the tables that Tallydesk ships (counties, recount lines, feeds).

All of it is read at the start, checked strictly, and passed on as frozen objects. Read `desk_file.py` first.
"""
