"""What every request meets before it reaches a room, and every answer on its way out."""
