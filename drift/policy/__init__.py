"""Policies: what must hold, in JSON Schema; judged, reasoned about, and led back to."""
