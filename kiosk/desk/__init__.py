"""What do people find when no session runs? The home of the person, and the desk of staff. Pure, like the session."""
