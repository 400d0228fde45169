"""Tells whether the HTTPS configuration of Alibaba Cloud OSS buckets is still what was declared."""

__version__ = "0.1.0"
