"""What templates of all rooms may load."""
