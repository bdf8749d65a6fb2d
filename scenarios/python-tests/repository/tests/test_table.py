import os
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))

from reports.table import columns  # noqa: E402


class ColumnsTest(unittest.TestCase):
    def test_cells_line_up(self):
        self.assertEqual(columns([("a", "bb"), ("ccc", "d")]), ["a    bb", "ccc  d"])

    def test_a_child_interpreter_sees_the_same_module(self):
        root = os.path.join(os.path.dirname(__file__), "..")
        code = "from reports.table import columns; print(columns([(1,)])[0])"
        self.assertEqual(subprocess.check_output([sys.executable, "-c", code], cwd=root, text=True), "1\n")


if __name__ == "__main__":
    unittest.main()
