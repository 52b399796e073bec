import type { QaFramework, QaTier, TestOutcome } from '../../../../shared/model/qa.js';
import type { Listed } from '../../../ground/list.js';

/** What a framework may know of a repository before anything of it runs. */
export interface RepositoryLook {
  /** Paths of its regular files, with `/`, from its root. */
  files: readonly string[];
  /** Text of a small file of it; null where there is none. */
  read(path: string): string | null;
}

/** Where a run's report is to lie. */
export interface ReportPlace {
  /** Absolute path of a folder that is empty and the run's own, below /tmp: another one for each run. */
  folder: string;
  look: RepositoryLook;
}

/** What is run in the place of the command that was named. */
export interface TestCommand {
  argv: string[];
  env: Record<string, string>;
  /**
   * Where reports may lie afterwards: absolute paths in the run's folder, or patterns from the repository's root (`*` within a
   * name, `**` any folders). What matches a pattern before the run is no report of it and must be kept out of the copy.
   */
  reports: string[];
  /** No report can be asked for, and the command is known to start the framework: then the words of its output count as evidence. */
  words?: true;
}

/** What one run left. */
export interface FinishedRun {
  /** Absolute path of the folder that the repository lay in: ids go without it. */
  workdir: string;
  /** Reports by their path. */
  reports: ReadonlyMap<string, Uint8Array>;
  output: { head: Uint8Array; tail: Uint8Array; dropped_bytes: number };
  /** Null where the run was ended from outside. */
  exit_code: number | null;
}

export interface ReportedTest {
  /** The same in every run: without addresses, temporary paths and times. */
  id: string;
  outcome: Exclude<TestOutcome, 'missing'>;
  /** First lines of what it says of itself; as hostile as any output. */
  message?: string;
  seconds?: number;
  /** The framework ran it again and it ended otherwise: it decides nothing. */
  flaky?: boolean;
  /** Stands for tests that could not be loaded: that it ended in an error does not show that tests ran. */
  loading?: boolean;
}

/** What a report, or an output, tells. */
export interface Reading {
  tests: ReportedTest[];
  /** Tests could not be loaded: files that do not compile, imports that fail. In the framework's own words. */
  collection_error?: string;
  /** The text ends in the middle, or holds more than is read. */
  incomplete?: string;
}

export interface FrameworkReport extends Reading {
  tier: QaTier;
  /** Whether something shows that tests ran: at least one that was not skipped. */
  evidence: boolean;
  /** Something outside the repository is missing (a package, a program, space), as the output tells. */
  environment?: string;
}

export interface ReportFile {
  path: string;
  text: string;
}

/** A framework of tests: how it is known, how it is made to write a report, and how that is read. Pure: bytes in, results out. */
export interface Framework extends Listed {
  id: QaFramework;
  /** How surely a repository's tests are run by it: 0 to 1. */
  detect(look: RepositoryLook): number;
  /** Whether this command starts it. */
  starts(argv: readonly string[], look: RepositoryLook): boolean;
  /** The command where nobody named one. */
  usual(look: RepositoryLook): string[] | null;
  /** The named command, with its machine report asked for by name. */
  command(argv: readonly string[], place: ReportPlace): TestCommand;
  /** What the machine report tells; null where these files are none of it. */
  report?(files: readonly ReportFile[]): Reading | null;
  /** What the words of the output tell; null where they tell nothing of tests. */
  output?(text: string): Reading | null;
}
