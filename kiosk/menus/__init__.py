"""What happens on the home screen and in the staff's menus: pure, like the session."""
