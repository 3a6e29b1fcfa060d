"""What stands on a screen: from a state to a scene of words, choices and pictures."""
