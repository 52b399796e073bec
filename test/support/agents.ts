import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

/** The command lines of agents, as people run them. */

export type AgentId = 'claude-code' | 'codex' | 'gemini-cli' | 'opencode';

interface Program {
  /** With its version: flags and ways to a provider of one's own change between them. */
  package: string;
  /** Below node_modules; a script of Node's, or a program. */
  path: string;
}

const machine = `${process.platform}-${process.arch}`;

const programs: Record<AgentId, Program> = {
  'claude-code': {
    package: '@anthropic-ai/claude-code@2.1.332',
    path: `@anthropic-ai/claude-code-${machine}/claude`,
  },
  codex: { package: '@openai/codex@0.171.0', path: '@openai/codex/bin/codex.js' },
  'gemini-cli': { package: '@google/gemini-cli@0.61.0', path: '@google/gemini-cli/bundle/gemini.js' },
  opencode: { package: 'opencode-ai@1.18.33', path: `opencode-${machine}/bin/opencode` },
};

/**
 * How an agent is started, or why it cannot be. They have some 100 to 400 MB each, too much for devDependencies: each is installed
 * once into the user's cache folder, without running any of its scripts.
 */
export function findAgent(id: AgentId): { command: string[] } | { missing: string } {
  const program = programs[id];
  const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  const folder = join(cache, 'sluice-tests', program.package.replace(/^@[^/]+\//, '').replace('@', '-'));
  const path = join(folder, 'node_modules', program.path);
  if (!existsSync(path) && !install(program.package, folder))
    return { missing: `npm could not install ${program.package}` };
  const command = path.endsWith('.js') ? [process.execPath, path] : [path];
  try {
    execFileSync(command[0] as string, [...command.slice(1), '--version'], { stdio: 'ignore', timeout: 60_000 });
    return { command };
  } catch {
    return { missing: `${program.package} does not run on this machine` };
  }
}

/** Beside its place, then there at once: another test may be about the same. */
function install(name: string, folder: string): boolean {
  mkdirSync(dirname(folder), { recursive: true });
  const partial = mkdtempSync(`${folder}-`);
  const args = ['install', '--prefix', partial, '--ignore-scripts', '--no-audit', '--no-fund', '--no-save'];
  try {
    execFileSync('npm', [...args, name], { stdio: 'ignore', timeout: 240_000 });
    if (!existsSync(folder)) renameSync(partial, folder);
    return true;
  } catch {
    return existsSync(folder);
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}

export interface AgentPlace {
  /** Its home folder, which holds its settings and sessions. */
  home: string;
  work: string;
  /** Of the model's server, without /v1. */
  url: string;
}

/** What each is told besides `sluice run`'s own variables, so that it asks the scripted model and nobody else. */
export const setups: Record<
  AgentId,
  {
    /** The tool that runs a command, and its argument for it. */
    shell: { name: string; argument: string };
    /** A subagent's tool and its arguments. */
    delegate: { name: string; namespace?: string; arguments(order: string): { [name: string]: string } } | null;
    env(place: AgentPlace): { [name: string]: string };
    /** Files before the first start. */
    prepare?(place: AgentPlace): void;
    args(prompt: string, place: AgentPlace): string[];
    /** Goes on in the last session. */
    again(prompt: string, place: AgentPlace): string[];
    /** What is typed to have the conversation compacted, where that can be typed at a start. */
    compact: string | null;
    /** Where its session files are, below home, and what the importer is called. */
    sessions: { folder: string; pattern: RegExp; as: string };
  }
> = {
  'claude-code': {
    shell: { name: 'Bash', argument: 'command' },
    delegate: {
      name: 'Agent',
      arguments: (order) => ({ description: 'Look around', prompt: order, subagent_type: 'general-purpose' }),
    },
    env: ({ url }) => ({
      ANTHROPIC_BASE_URL: url,
      ANTHROPIC_API_KEY: 'dummy',
      IS_SANDBOX: '1',
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    }),
    args: (prompt) => ['-p', prompt, '--dangerously-skip-permissions', '--model', 'claude-sonnet-4-5'],
    again: (prompt) => ['-c', '-p', prompt, '--dangerously-skip-permissions', '--model', 'claude-sonnet-4-5'],
    compact: '/compact',
    sessions: { folder: '.claude/projects', pattern: /\.jsonl$/, as: 'claude-code' },
  },
  codex: {
    shell: { name: 'exec_command', argument: 'cmd' },
    delegate: { name: 'spawn_agent', namespace: 'multi_agent_v1', arguments: (order) => ({ message: order }) },
    env: ({ home }) => ({ CODEX_HOME: home, STUB_KEY: 'dummy' }),
    args: (prompt, place) => ['exec', ...codexFlags(place), prompt],
    again: (prompt, place) => ['exec', 'resume', '--last', ...codexFlags(place), prompt],
    compact: null,
    sessions: { folder: 'sessions', pattern: /rollout-.*\.jsonl$/, as: 'codex' },
  },
  'gemini-cli': {
    shell: { name: 'run_shell_command', argument: 'command' },
    delegate: null,
    env: ({ url }) => ({ GEMINI_API_KEY: 'dummy', GOOGLE_GEMINI_BASE_URL: url }),
    prepare({ home }) {
      mkdirSync(join(home, '.gemini'), { recursive: true });
      const settings = { security: { auth: { selectedType: 'gemini-api-key' } }, telemetry: { enabled: false } };
      writeFileSync(join(home, '.gemini', 'settings.json'), JSON.stringify(settings));
    },
    args: (prompt) => ['--yolo', '--skip-trust', '-m', 'gemini-2.5-pro', '-p', prompt],
    again: (prompt) => ['--yolo', '--skip-trust', '-m', 'gemini-2.5-pro', '--resume', 'latest', '-p', prompt],
    compact: null,
    sessions: { folder: '.gemini/tmp', pattern: /session-.*\.jsonl?$/, as: 'gemini-cli' },
  },
  opencode: {
    shell: { name: 'bash', argument: 'command' },
    delegate: {
      name: 'task',
      arguments: (order) => ({ description: 'Look around', prompt: order, subagent_type: 'general' }),
    },
    env: ({ home }) => ({ XDG_DATA_HOME: join(home, 'share'), XDG_CONFIG_HOME: join(home, 'config') }),
    prepare({ home, url }) {
      mkdirSync(join(home, 'config', 'opencode'), { recursive: true });
      const model = { name: 'Stub', limit: { context: 200_000, output: 8000 }, tool_call: true };
      const stub = { npm: '@ai-sdk/openai-compatible', options: { baseURL: `${url}/v1`, apiKey: 'dummy' } };
      const provider = { stub: { ...stub, models: { 'stub-model': model } } };
      const settings = { provider, model: 'stub/stub-model', small_model: 'stub/stub-model', autoupdate: false };
      writeFileSync(join(home, 'config', 'opencode', 'opencode.json'), JSON.stringify(settings));
    },
    args: (prompt) => ['run', prompt],
    again: (prompt) => ['run', '--continue', prompt],
    compact: null,
    sessions: { folder: 'share/opencode', pattern: /opencode\.db$/, as: 'opencode' },
  },
};

function codexFlags({ url }: AgentPlace): string[] {
  const provider = `{name="stub",base_url="${url}/v1",wire_api="responses",env_key="STUB_KEY",supports_websockets=false,request_max_retries=3,stream_max_retries=3}`;
  const settings = ['-c', 'model_provider="stub"', '-c', `model_providers.stub=${provider}`];
  return ['--skip-git-repo-check', '--dangerously-bypass-approvals-and-sandbox', '-m', 'gpt-5.1', ...settings];
}
