"""Documents about one supplier: the scorecard as PDF, and the file that asks it for its missing data."""
