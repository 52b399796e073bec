/**
 * unittest writes no report of its own. This runs `unittest.main` as `python -m unittest` does and tells each test's end in a line of
 * JSON, by id; the output stays unittest's. Python 3.6 and later.
 */
export const unittestReporter = String.raw`
import json, os, sys, time, unittest
class Result(unittest.TextTestResult):
    def _say(self, **line):
        self.stream_of_report.write(json.dumps(line) + "\n")
        self.stream_of_report.flush()
    def _end(self, test, outcome, message=None):
        self._say(event="test", id=test.id(), outcome=outcome, message=message, seconds=time.time() - getattr(self, "_began", time.time()))
    def startTest(self, test):
        self._began, self._spoiled = time.time(), None
        super().startTest(test)
    def stopTest(self, test):
        if self._spoiled: self._end(test, self._spoiled)
        super().stopTest(test)
    def addSuccess(self, test):
        super().addSuccess(test)
        self._end(test, "passed")
    def addFailure(self, test, err):
        super().addFailure(test, err)
        self._end(test, "failed", self.failures[-1][1][-2000:])
    def addError(self, test, err):
        super().addError(test, err)
        self._end(test, "error", self.errors[-1][1][-2000:])
    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self._end(test, "skipped", str(reason))
    def addExpectedFailure(self, test, err):
        super().addExpectedFailure(test, err)
        self._end(test, "expected_failure")
    def addUnexpectedSuccess(self, test):
        super().addUnexpectedSuccess(test)
        self._end(test, "unexpected_success")
    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err is None: self._end(subtest, "passed")
        else:
            failed = issubclass(err[0], test.failureException)
            self._spoiled = "failed" if failed else "error"
            self._end(subtest, self._spoiled, (self.failures if failed else self.errors)[-1][1][-2000:])
class Runner(unittest.TextTestRunner):
    def _makeResult(self):
        result = super()._makeResult()
        result.stream_of_report = report
        return result
    def run(self, test):
        result = super().run(test)
        report.write(json.dumps({"event": "end", "run": result.testsRun}) + "\n")
        report.flush()
        return result
Runner.resultclass = Result
report = open(os.environ.pop("UNITTEST_REPORT"), "w", encoding="utf-8", errors="backslashreplace")
sys.argv[0] = "python -m unittest"
unittest.main(module=None, testRunner=Runner)
`.trimStart();
