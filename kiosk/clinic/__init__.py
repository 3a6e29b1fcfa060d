"""Many packages in one database at the clinic, and its reports."""
