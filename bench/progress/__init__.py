"""What happens while runs go on, and how it is shown."""
