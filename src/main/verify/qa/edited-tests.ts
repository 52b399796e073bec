import { jsonRestored, sectionsRestored } from './test-settings.js';

/** One file that differs between before and after a change. */
export interface FileChange {
  /** Path after the change; of a deleted file, before it. */
  path: string;
  /** Its path before, where it was renamed. */
  from?: string;
  status: 'added' | 'modified' | 'deleted' | 'renamed';
  /** Text before and after; null where there is none or it is not text. */
  before: string | null;
  after: string | null;
}

/** What such a file has to do with the tests. */
export type TestFileKind = 'test' | 'setup' | 'settings' | 'build' | 'ci';

export interface EditedTest {
  path: string;
  status: FileChange['status'];
  kind: TestFileKind;
}

/** How the change's files are laid so that the tests of before judge it. */
export interface Restoration {
  /** Paths that get the bytes they had before: tests and what sets them up. */
  asBefore: string[];
  /** Paths that are removed: added by the change. */
  removed: string[];
  /** Files of both, of which only the part that chooses tests is as it was. */
  rewritten: { path: string; text: string }[];
}

export interface EditedTests {
  edited: EditedTest[];
  restoration: Restoration;
  /** Paths that are named but stay as the change made them: they build what is tested too. */
  kept: string[];
}

const languages =
  'py|pyi|js|jsx|ts|tsx|mjs|cjs|mts|cts|go|rs|java|kt|kts|groovy|scala|rb|php|cs|fs|vb|c|cc|cpp|cxx|h|hpp|swift|ex|exs|lua|dart|sh|bats|t|feature|snap';

/** By what its path is; the first that fits. */
const kinds: readonly (readonly [TestFileKind, RegExp])[] = [
  [
    'ci',
    /^(?:\.github\/(?:workflows|actions)\/|\.gitlab\/ci\/|\.circleci\/|\.buildkite\/|\.azure-pipelines\/)|^(?:\.gitlab-ci\.yml|\.travis\.yml|appveyor\.yml|\.appveyor\.yml|azure-pipelines\.ya?ml|Jenkinsfile|\.drone\.yml|bitbucket-pipelines\.yml|\.cirrus\.yml)$/,
  ],
  [
    'setup',
    /(?:^|\/)(?:conftest\.py|sitecustomize\.py|usercustomize\.py|spec_helper\.rb|rails_helper\.rb|test_helper\.(?:rb|exs)|(?:jest|vitest|mocha|test)[.-]setup\.[cm]?[jt]sx?|setup-?tests?\.[cm]?[jt]sx?|__mocks__\/.+)$/i,
  ],
  [
    'settings',
    /(?:^|\/)(?:pytest\.ini|\.pytest\.ini|tox\.ini|noxfile\.py|\.coveragerc|(?:jest|vitest|karma|playwright|cypress)\.(?:config|workspace)\.[\w.]+|\.mocharc(?:\.\w+)?|\.taprc|\.c8rc(?:\.json)?|\.nycrc(?:\.json)?|\.rspec|phpunit(?:\.dist)?\.xml(?:\.dist)?|\.config\/nextest\.toml|\w*\.runsettings|testng\.xml|CTestCustom\.cmake|CTestTestfile\.cmake|junit-platform\.properties)$/,
  ],
  [
    'test',
    new RegExp(
      `(?:^|/)(?:tests?|specs?|__tests__|__snapshots__|testdata|test-data|test_data|e2e|testing)/.+$|(?:^|/)(?:test_[^/]*|[^/]*_test|[^/]*_spec|[^/]*[.-](?:test|spec)|test-[^/]*|tests|[^/]*(?:Test|Tests|TestCase|Spec|IT))\\.(?:${languages})$|^src/(?:test|androidTest|integrationTest)/|^t/[^/]+\\.t$`,
    ),
  ],
];

/** Files that build or describe the product and say how it is tested too: named where that part differs. */
const both =
  /(?:^|\/)(?:package\.json|composer\.json|pyproject\.toml|setup\.cfg|Cargo\.toml|pom\.xml|build\.gradle(?:\.kts)?|CMakeLists\.txt|Makefile|makefile|GNUmakefile|Rakefile|justfile|Justfile|[^/]+\.csproj|global\.json|deno\.jsonc?|go\.mod)$/;
const aboutTests =
  /\btests?\b|\bspecs?\b|pytest|unittest|jest|vitest|mocha|surefire|failsafe|junit|phpunit|rspec|ctest|nextest|coverage|skip/i;

/**
 * The files of a change that decide what its tests say, and how they are taken back: a fix that edits its own tests, or what chooses
 * and sets them up, is judged by the tests of before as well.
 */
export function editedTests(changes: readonly FileChange[]): EditedTests {
  const edited: EditedTest[] = [];
  const restoration: Restoration = { asBefore: [], removed: [], rewritten: [] };
  const kept: string[] = [];
  for (const change of changes) {
    const kind = kindOf(change.path) ?? (change.from === undefined ? undefined : kindOf(change.from));
    if (kind !== undefined) {
      edited.push({ path: change.path, status: change.status, kind });
      takeBack(change, restoration);
    } else if (both.test(change.path) && change.status === 'modified') {
      const part = partOf(change);
      if (part === 'same') continue;
      edited.push({ path: change.path, status: change.status, kind: 'build' });
      if (part === null) kept.push(change.path);
      else restoration.rewritten.push({ path: change.path, text: part });
    }
  }
  return { edited, restoration, kept };
}

function kindOf(path: string): TestFileKind | undefined {
  return kinds.find(([, pattern]) => pattern.test(path))?.[0];
}

function takeBack({ path, from, status }: FileChange, { asBefore, removed }: Restoration): void {
  if (status === 'deleted' || status === 'modified') asBefore.push(path);
  else {
    removed.push(path);
    if (from !== undefined) asBefore.push(from);
  }
}

/** The file with its part about tests as it was; `same` where that part does not differ; null where it cannot be told apart. */
function partOf({ path, before, after }: FileChange): string | 'same' | null {
  if (before === null || after === null) return null;
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (name === 'package.json' || name === 'composer.json') return jsonRestored(before, after);
  if (name === 'pyproject.toml' || name === 'setup.cfg') return sectionsRestored(before, after);
  return linesThatDiffer(before, after).some((line) => aboutTests.test(line)) ? null : 'same';
}

/** Lines that stand on one side only, in whatever order. */
function linesThatDiffer(before: string, after: string): string[] {
  const [old, own] = [new Set(before.split('\n')), new Set(after.split('\n'))];
  return [...[...old].filter((line) => !own.has(line)), ...[...own].filter((line) => !old.has(line))];
}
