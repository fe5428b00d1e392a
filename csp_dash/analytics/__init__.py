"""Statistics and sentences: frames and values in, frames, values or words out. Nothing here reads or draws."""
