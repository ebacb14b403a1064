"""The AP Elections API.

Begin with `reader.py`. `feed.py` keeps AP's races as AP told them and merges what comes; a unit that comes again
replaces the one before as a whole, since a winner's mark that is missing has been taken back. Races in which nothing
changed are `News.standing`, which counts as "nothing new". A failure keeps the link to the next answer; after three in
a row everything is asked for anew. What AP says of an outcome is `Reading.says`: told as AP's call, and used for
nothing else. `reports.py` reads the reports that `tallydesk new` makes proposals of.
"""
