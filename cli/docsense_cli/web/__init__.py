"""The page that shows a receipt: its server, its assets, and the same page as one file."""
