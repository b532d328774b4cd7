"""The use cases around a person: registering, signing in, consenting, being found by her care."""
