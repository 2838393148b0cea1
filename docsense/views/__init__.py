"""What a page shows of a receipt: pure functions from a receipt and its sources to HTML."""
