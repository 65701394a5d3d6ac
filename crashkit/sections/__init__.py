"""Parts of a report, one file each: facts in, blocks out, no format and no language.

`SECTION.order` says in which kinds of report a part stands, and where; a smaller number comes
first.
"""
