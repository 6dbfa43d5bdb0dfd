"""What people may do with their accounts: one keyword-only function per action."""
