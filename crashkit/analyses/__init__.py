"""DROP-IN ROOM: one file an analysis, each with its ANALYSIS; see crashkit.analysis."""
