"""Speed, side by side in one run: stock tools, the press, and the floor that drawing alone sets."""
