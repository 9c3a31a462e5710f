"""What was asked and what people said of it: counted, summed up, and kept."""
