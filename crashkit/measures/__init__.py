"""What is measured at a site, one file each: larger is worse."""
