"""States of the law: a day, a reform, a folder, a revision; and two of them side by side."""
