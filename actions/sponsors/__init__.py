"""What goes to and from the sponsor of a list: requests, one reminder, their answers, one letter a month."""
