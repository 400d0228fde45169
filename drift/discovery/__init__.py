"""Which declaration decides which bucket, and why: declarations and the list of buckets in."""
