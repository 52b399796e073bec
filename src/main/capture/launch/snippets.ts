import { dirname, join } from 'node:path';
import type { Snippet } from '../../../shared/model/index.js';
import { launchVariables, shellLines } from './environment.js';

/**
 * Copyable ways of pointing shells, SDKs and known agents at this proxy.
 * `command`: how a command is called here, e.g. `sluice run --data-dir D -- your-agent`.
 */
export function connectSnippets(target: {
  proxy: string;
  caPath: string;
  upstreams: string[];
  command: (name: string, args: string) => string;
}): Snippet[] {
  const { caPath, command: line } = target;
  const url = new URL(target.proxy);
  // Off loopback the port asks for a token made for it, which is shown only when it is made.
  const open = /^(127\.|localhost$|\[::1\]$)/.test(url.hostname);
  const proxy = open ? target.proxy : `http://sluice:PROXY_TOKEN@${url.host}`;
  const tokenNote = open ? '' : ` PROXY_TOKEN is what \`${line('token create', '--name NAME --scope proxy')}\` prints.`;
  const variables = launchVariables({ proxy, caPath, bundlePath: join(dirname(caPath), 'bundle.pem') });
  const gateway = (name: string, path: string) => `${proxy}/${name}${path}`;
  const run = (id: string, title: string, command: string, note: string): Snippet => ({
    id,
    group: 'agent',
    title,
    language: 'sh',
    code: line('run', `-- ${command}`),
    note,
  });
  return [
    {
      id: 'run',
      group: 'run',
      title: 'Any command',
      language: 'sh',
      code: line('run', '-- your-agent --its-flags'),
      note: 'Starts the command with everything that its HTTP client needs, and prints the traces at the end. Nothing else on the machine changes.',
    },
    {
      id: 'run-session',
      group: 'run',
      title: 'Any command, as a named session',
      language: 'sh',
      code: line('run', '--session refactor-42 -- your-agent'),
      note: 'The name becomes a filter: session:refactor-42.',
    },
    {
      id: 'shell-sh',
      group: 'shell',
      title: 'bash, zsh',
      language: 'sh',
      code: `eval "$(${line('env', '')})"`,
      note: 'Sets the proxy and CA variables below for this shell.',
    },
    {
      id: 'shell-fish',
      group: 'shell',
      title: 'fish',
      language: 'fish',
      code: `${line('env', '--shell fish')} | source`,
      note: 'The same for fish.',
    },
    {
      id: 'shell-powershell',
      group: 'shell',
      title: 'PowerShell',
      language: 'powershell',
      code: `${line('env', '--shell powershell')} | Out-String | Invoke-Expression`,
      note: 'The same for PowerShell.',
    },
    {
      id: 'shell-variables',
      group: 'shell',
      title: 'The variables themselves',
      language: 'sh',
      code: shellLines(variables, 'sh'),
      note: `For a container, a service file or an IDE.${tokenNote}`,
    },
    {
      id: 'sdk-openai-python',
      group: 'sdk',
      title: 'OpenAI for Python',
      language: 'python',
      code: `from openai import OpenAI\n\nclient = OpenAI(base_url="${gateway('openai', '/v1')}")`,
      note: 'Through the gateway: no certificate and no proxy variable needed.',
    },
    {
      id: 'sdk-openai-node',
      group: 'sdk',
      title: 'OpenAI for TypeScript',
      language: 'typescript',
      code: `import OpenAI from 'openai';\n\nconst client = new OpenAI({ baseURL: '${gateway('openai', '/v1')}' });`,
      note: 'Add /s/NAME before /openai to name the session.',
    },
    {
      id: 'sdk-anthropic-python',
      group: 'sdk',
      title: 'Anthropic for Python',
      language: 'python',
      code: `from anthropic import Anthropic\n\nclient = Anthropic(base_url="${gateway('anthropic', '')}")`,
      note: 'Through the gateway.',
    },
    {
      id: 'sdk-anthropic-node',
      group: 'sdk',
      title: 'Anthropic for TypeScript',
      language: 'typescript',
      code: `import Anthropic from '@anthropic-ai/sdk';\n\nconst client = new Anthropic({ baseURL: '${gateway('anthropic', '')}' });`,
      note: 'Through the gateway.',
    },
    {
      id: 'sdk-other',
      group: 'sdk',
      title: 'Any other base URL',
      language: 'text',
      code: ['gemini', 'ollama', 'openrouter', 'mistral', 'groq', 'deepseek', 'xai', ...target.upstreams]
        .map((name) => gateway(name, '/'))
        .join('\n'),
      note: 'Each leads to the upstream of that name. Add your own with --upstream NAME=URL or in the settings.',
    },
    run('agent-claude-code', 'Claude Code', 'claude', 'Its session and subagents are told apart by their headers.'),
    run('agent-codex', 'Codex', 'codex', 'Compressed requests are read too.'),
    run('agent-opencode', 'OpenCode', 'opencode', 'Sessions and their parents are followed.'),
    run('agent-gemini', 'Gemini CLI', 'gemini', 'The exchanges are captured whole.'),
    run('agent-aider', 'aider', 'aider', 'Any model that it reaches over HTTP.'),
  ];
}
