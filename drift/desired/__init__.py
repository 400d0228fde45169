"""Desired files: found, read, validated, and turned into declarations."""
