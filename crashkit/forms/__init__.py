"""Forms for ministries and donors, each one file: title, source, and rows that ask the data."""
