"""What programs that are not ours see of a package: drawn, read as tables, opened as a data package."""
