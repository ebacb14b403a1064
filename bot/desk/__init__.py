"""The operator's configuration (desk file and settings), and the tables that Tallydesk ships.

These tables are counties, recount lines and feeds. Everything is read at the start, checked strictly, and passed on as
frozen objects. Read `desk_file.py` first.
"""
