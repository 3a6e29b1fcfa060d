"""What a picture of a face shows: where the face is and how far it moved."""
