"""What `frontdesk` can be told, by what it is about; each command imports what it needs when it is run."""
