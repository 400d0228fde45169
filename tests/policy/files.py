"""Policies and exact files on a disk."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from drift.policy.keywords import DIALECT

Schema = dict[str, Any]


def file(bucket: object, https: Schema, title: str = "", **aim: object) -> Schema:
    """Return a policy that says of the HTTPS configuration what `https` does."""
    named = {"title": title} if title else {}
    head = {"$schema": DIALECT, **named, "x-drift": {"Bucket": bucket, **aim}}
    return {**head, "properties": {"HttpsConfiguration": https}}


def versions(schema: Schema) -> Schema:
    """Return what is said of the list of TLS versions."""
    return {"properties": {"TLS": {"properties": {"TLSVersion": schema}}}}


def ciphers(member: str, schema: Schema) -> Schema:
    """Return what is said of a member of the cipher suites."""
    return {"properties": {"CipherSuite": {"properties": {member: schema}}}}


def written(folder: Path, files: Mapping[str, Schema]) -> Path:
    """Write files, each under its name, and return their folder."""
    for name, content in files.items():
        (folder / f"{name}.json").write_text(json.dumps(content, indent=2))
    return folder
