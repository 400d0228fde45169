"""Waivers: which drift is excused, why, by whom, and until when."""
