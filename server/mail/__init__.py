"""Where mail leaves the house: the line to the relay, and the postman who carries what waits."""
