"""What is judged and how: pure, `now` is an argument."""
