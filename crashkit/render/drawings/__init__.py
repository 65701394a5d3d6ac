"""DROP-IN ROOM: one file a kind of figure for paper, each with its DRAWING."""
