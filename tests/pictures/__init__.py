"""The docs' pictures: of the rehearsal's page, and of every command's answer."""
