"""Ways to cut places, one file each: where we look for sites."""
