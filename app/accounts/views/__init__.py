"""The pages about people: for strangers, for oneself, for admins and supervisors."""
