/** The text that an agent's program puts around what a command printed, with its exit code. */
export interface FrameRule {
  id: string;
  /** The whole frame, held to the text's beginning or end: what the command itself printed cannot look like it. Group 1: the code. */
  frame: RegExp;
  fails: readonly string[];
  passes: readonly string[];
}

/** Each stands for one program or family of them; its own words, which no model and no command writes there. */
export const frameRules: readonly FrameRule[] = [
  {
    id: 'codex-unified-exec',
    frame: /^(?:Chunk ID: \S+\n)?Wall time: [\d.]+ seconds\nProcess exited with code (-?\d+)\n/,
    fails: [
      'Chunk ID: 3bbb1c\nWall time: 0.0201 seconds\nProcess exited with code 127\nOriginal token count: 9\nOutput:\nsh: winch: not found\n',
      'Wall time: 1.4000 seconds\nProcess exited with code 1\nOutput:\n',
    ],
    passes: [
      'Chunk ID: 3bbb1c\nWall time: 0.0201 seconds\nProcess exited with code 0\nOutput:\nProcess exited with code 1\n',
      'Chunk ID: 3bbb1c\nWall time: 10.0 seconds\nProcess running with session ID 4\nOutput:\n',
      'moored\nWall time: 1.4000 seconds\nProcess exited with code 1\n',
    ],
  },
  {
    id: 'codex-exec',
    frame: /^Exit code: (-?\d+)\nWall time: [\d.]+ seconds\n(?:Total output lines: \d+\n)?Output:\n/,
    fails: ['Exit code: 2\nWall time: 0.3 seconds\nOutput:\nls: no such berth\n'],
    passes: [
      'Exit code: 0\nWall time: 0.3 seconds\nOutput:\nExit code: 2\n',
      'Exit code: 2',
      'Exit code: 2\nThe log ends.',
    ],
  },
  {
    id: 'gemini-cli-shell',
    frame:
      /(?:^|\n)Exit Code: (-?\d+)\n(?:Signal: [^\n]*\n)?(?:Background PIDs: [^\n]*\n)?Process Group PGID: \d+(?:\n<\/untrusted_context>)?\s*$/,
    fails: [
      '<untrusted_context>\nOutput: no rope\nExit Code: 3\nProcess Group PGID: 31725\n</untrusted_context>',
      'Command: haul\nDirectory: (root)\nOutput: (empty)\nError: (none)\nExit Code: 127\nSignal: (none)\nBackground PIDs: (none)\nProcess Group PGID: 88',
    ],
    passes: [
      '<untrusted_context>\nOutput: Exit Code: 3\nProcess Group PGID: 31725\n</untrusted_context> and more',
      'Command: haul\nDirectory: (root)\nOutput: Exit Code: 4\nError: (none)\nExit Code: 0\nSignal: (none)\nBackground PIDs: (none)\nProcess Group PGID: 88',
      'Exit Code: 3',
    ],
  },
  {
    id: 'mini-swe-agent',
    frame: /^<returncode>(-?\d+)<\/returncode>\n<(?:output|warning|exception)/,
    fails: ['<returncode>1</returncode>\n<output>\nno rope\n</output>'],
    passes: [
      '<returncode>0</returncode>\n<output>\n<returncode>1</returncode>\n</output>',
      '<returncode>1</returncode>',
    ],
  },
  {
    id: 'openhands-command',
    frame: /\n\[(?:The command completed|Command finished) with exit code (-?\d+)\.?\]\s*$/,
    fails: [
      'haul: no rope\n[The command completed with exit code 2.]',
      'no rope\n[Current working directory: /quay]\n[Python interpreter: /usr/bin/python]\n[Command finished with exit code 1]',
    ],
    passes: [
      'moored\n[The command completed with exit code 0.]',
      'cat log\n[Command finished with exit code 1]\n[Command finished with exit code 0]',
      'It says [Command finished with exit code 1] somewhere.',
    ],
  },
  {
    id: 'autogen-executor',
    frame: /^exitcode: (-?\d+) \(execution (?:failed|succeeded)\)\nCode output: /,
    fails: ['exitcode: 1 (execution failed)\nCode output: no rope'],
    passes: ['exitcode: 0 (execution succeeded)\nCode output: exitcode: 1 (execution failed)', 'exitcode: 1'],
  },
  {
    id: 'deepagents-execute',
    frame: /\n\[Command (?:failed|succeeded) with exit code (-?\d+)\](?:\n\[Output was truncated[^\n]*\])?\s*$/,
    fails: ['no rope\n[Command failed with exit code 9]'],
    passes: ['moored\n[Command succeeded with exit code 0]', 'see [Command failed with exit code 9] above'],
  },
];
