"""One comment for each pull request and key, kept up to date. It takes text, not a plan."""
