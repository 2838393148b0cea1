"""What a model wrote, read as claims with quotes, and each quote looked up in its source."""
