"""The story that the whole product tells, in chapters: each person of the cast at a browser of her own."""
