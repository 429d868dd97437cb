"""What engines share: their form, their data's ground, and who may read their folders."""
