"""What is measured at a site, one file each: larger is worse.

A module may also have `caveats(data, params)`, which yields a Message for each doubt that the data
cast on the measure; they travel with the answer.
"""
