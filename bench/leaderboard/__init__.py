"""The leaderboard: its model, how it is built and how it is written."""
