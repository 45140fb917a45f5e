"""Where candidates come from: each source yields pairs of terms with a score from 0 to 1."""
