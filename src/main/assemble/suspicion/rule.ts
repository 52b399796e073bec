/** What a tool does, by its name and what it was given. A tool can be of several families. */
export const families = ['shell', 'shown', 'tests', 'sql', 'http', 'edit', 'read', 'search', 'other'] as const;
export type Family = (typeof families)[number];

/** A result with what was asked for. */
export interface AskedResult {
  tool: string;
  arguments?: { [name: string]: string };
  result: string;
}

/** A form of text by which a result says that the tool failed, though nothing else says so. */
export interface SuspicionRule {
  id: string;
  families: readonly Family[];
  /**
   * Where it has to stand: on the first line that says something, on one of the last, on any line; `program`: on a line that
   * begins with the name of a program of the command, behind it; `whole`: the pattern says it itself.
   */
  where: 'first' | 'last' | 'any' | 'program' | 'whole';
  /** Of one line, or of several from there on; `^` and `$` of `any` are those of lines. */
  pattern: RegExp;
  /** What takes it back, anywhere in the text. */
  unless?: RegExp;
  /** It holds for these commands alone. */
  command?: RegExp;
  /** Longer results say something else. */
  mostLines?: number;
  /** It is said of a part of what ran, whatever the whole ended with. */
  ofPart?: true;
  /** How likely the tool failed where it holds, 0 to 1. */
  score: number;
  /** For people: what was seen. */
  says: string;
  fails: readonly AskedResult[];
  passes: readonly AskedResult[];
}

/** The tool call of a shell, for examples. */
export const ran = (command: string, result: string): AskedResult => ({ tool: 'Bash', arguments: { command }, result });
