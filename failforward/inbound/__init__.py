"""Mail that comes in: stored first and once, then read by whoever registered as the reader. Knows no follow-up."""
