"""The benchmark harness: approaches, tiers, trials, records and the leaderboard."""
