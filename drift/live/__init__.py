"""The live side: where the documents of buckets are read from."""
