import { isPlainCommand, type Json, type Trace } from '../../../shared/model/index.js';
import { isObject, type JsonObject } from '../../ground/json.js';

/** What a task's environment and tests are made of. */
export interface Repository {
  /** Where git can clone it from. */
  url: string;
  commit_before: string;
  commit_after: string | null;
  /** One command, without operators of a shell. */
  test_command: string;
}

/** Addresses that git takes, with nothing in them that a shell or git would read as more than an address. */
const address = /^(?:(?:https?|ssh|git):\/\/|git@)[\w.@:/~+%-]{1,2000}$/;
const commit = /^[0-9A-Za-z][\w./-]{0,255}$/;
/** Commands that run tests, where nobody named one. */
const runsTests =
  /^(?:(?:python3? -m |uv run |poetry run )?(?:pytest|unittest)|(?:npm|pnpm|yarn|bun)(?: run)? test|npx (?:jest|vitest|mocha)|node --test|go test|cargo (?:test|nextest)|mvn (?:\S+ )*test|(?:\.\/)?gradlew? (?:\S+ )*test|bundle exec rspec|rspec|phpunit|dotnet test|make (?:test|check)|tox|ctest)\b/;

/**
 * What a trace knows of its repository: PR telemetry says it, importers keep what git said, the tests may have been run in it.
 * A string says what is missing.
 */
export function repositoryOf(trace: Trace): Repository | string {
  const metadata: JsonObject = isObject(trace.metadata) ? trace.metadata : {};
  const places = [metadata.repo, metadata.git, metadata.repository, metadata].flatMap((place) =>
    isObject(place) ? [place] : [],
  );
  const fieldNamed = (...names: string[]) => {
    for (const place of places)
      for (const name of names) if (typeof place[name] === 'string' && place[name] !== '') return place[name];
    return undefined;
  };
  const url = fieldNamed('url', 'repository_url', 'repo_url', 'git_url', 'clone_url', 'repository', 'repo');
  if (url === undefined) return 'no repository is known';
  if (!address.test(url)) return 'its repository has no address that git can clone';
  const commit_before = fieldNamed('commit_before', 'base_commit', 'commit_hash', 'commit');
  if (commit_before === undefined) return 'the commit before the change is not known';
  const commit_after = fieldNamed('commit_after', 'fix_commit') ?? null;
  if (!commit.test(commit_before) || (commit_after !== null && !commit.test(commit_after)))
    return 'what it calls a commit is none';
  const named = fieldNamed('test_command');
  const test_command = named ?? testCommandIn(trace);
  if (test_command === undefined) return 'no command that runs its tests is known';
  if (!isPlainCommand(test_command)) return 'its test command is more than one command';
  return { url, commit_before, commit_after, test_command };
}

/** The last command of the trace that ran tests. */
function testCommandIn({ steps }: Trace): string | undefined {
  for (const step of steps.toReversed()) {
    const commandLine =
      step.type === 'terminal_command'
        ? step.command
        : step.type === 'test_result'
          ? textIn(step.data, 'test_command')
          : step.type === 'tool_call'
            ? shellIn(step.arguments)
            : undefined;
    const command = commandLine?.trim().replace(/^cd [\w./-]{1,400} && /, '');
    if (command !== undefined && runsTests.test(command) && isPlainCommand(command)) return command;
  }
  return undefined;
}

function textIn(value: Json | undefined, name: string): string | undefined {
  const inner = isObject(value) ? value[name] : undefined;
  return typeof inner === 'string' ? inner : undefined;
}

/** The command of a tool that runs one: a text, or the words that a program is started with. */
function shellIn(value: Json): string | undefined {
  const command = isObject(value) ? (value.command ?? value.cmd) : undefined;
  if (typeof command === 'string') return command;
  if (!Array.isArray(command) || !command.every((word) => typeof word === 'string')) return undefined;
  const shell = /^(?:\/\S+\/)?(?:ba|z)?sh$/.test(command[0] ?? '') && /^-l?c$/.test(command[1] ?? '');
  return shell ? command[2] : command.join(' ');
}
