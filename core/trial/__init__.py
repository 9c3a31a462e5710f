"""A described marketplace tried against the live one."""
