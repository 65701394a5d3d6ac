"""DROP-IN ROOM: one file a kind of figure for the screen, each with its PLOT; see crashkit.plot."""
