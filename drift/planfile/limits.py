"""How large a saved plan may be: what is written is read back, and what is read is bounded."""

MAX_PLAN_BYTES = 256 << 20
"""The largest plan: enough for 200,000 buckets."""

MIN_VALUE_BYTES = 8
"""How many bytes a value takes on the average, at least; ours take 25. `{},{},{}` would take eight
times what else the largest plan takes in memory."""

MAX_PIECE_CHARACTERS = 1 << 20
"""The longest text of one bucket, and of all beside the buckets. Ours take 2,000."""
