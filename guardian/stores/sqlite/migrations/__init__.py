"""The schema's steps: `NNNN_what.sql`, applied in order, each database once."""
