"""Makes the pictures in the docs: of the rehearsal's web page, and of every command's answer. Also writes generated
pages.
"""
