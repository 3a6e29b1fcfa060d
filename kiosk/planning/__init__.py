"""How is a person's plan set? Question by question, its summary, its doses and lids; pure, a part of the desk."""

__all__ = ["begun", "changes", "doses", "items", "lids", "questions", "resume", "saving", "summary"]
