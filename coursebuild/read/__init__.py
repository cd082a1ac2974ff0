"""Text -> Lesson: read a page, expand its embeds, account for every fence, and check what it links to."""
