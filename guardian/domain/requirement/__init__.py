"""What Guardian knows that bears on requirements of standards: evidence, no certificate."""
