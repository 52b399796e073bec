import sys
import unittest

from intervals import merged, total


class MergedTest(unittest.TestCase):
    def test_apart(self):
        self.assertEqual(merged([(5, 6), (1, 2)]), [(1, 2), (5, 6)])

    def test_overlapping(self):
        self.assertEqual(merged([(1, 3), (2, 5)]), [(1, 5)])

    def test_one_within_another(self):
        self.assertEqual(merged([(1, 9), (2, 3)]), [(1, 9)])

    def test_none(self):
        self.assertEqual(merged([]), [])


class TotalTest(unittest.TestCase):
    def test_cases(self):
        for intervals, wanted in (([], 0), ([(1, 1)], 1), ([(1, 3), (2, 5)], 5)):
            with self.subTest(intervals=intervals):
                self.assertEqual(total(intervals), wanted)

    @unittest.skipUnless(sys.platform == "win32", "for Windows alone")
    def test_elsewhere(self):
        self.fail()


if __name__ == "__main__":
    unittest.main()
