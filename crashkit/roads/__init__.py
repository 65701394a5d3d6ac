"""Roads: read from layers and tables, joined to a network, measured along, crashes put on them."""
