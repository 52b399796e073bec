import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pageOf, serve } from './pages.js';
import { type Template, templates } from './templates.js';

/** One result of a tool, with what is known of it and hidden from the rules. */
export interface Labelled {
  kind: string;
  tool: string;
  arguments: { [name: string]: string };
  result: string;
  failed: boolean;
}

const words = [
  'harbour',
  'mooring',
  'lantern',
  'ferry',
  'tide',
  'buoy',
  'anchor',
  'keel',
  'rudder',
  'pilot',
  'quay',
  'sextant',
  'compass',
];
const others = [
  'rope',
  'crate',
  'lamp',
  'chart',
  'winch',
  'ladder',
  'fender',
  'cargo',
  'ticket',
  'berth',
  'gauge',
  'signal',
  'ledger',
];
const atOnce = 4;
/** Longer runs are left out: they say nothing but that the machine is busy. */
const patience = 20_000;
/** What of an output is kept: agents cut it too. */
const longest = 2000;

/** Runs every kind of command and answers what came out. Kinds whose program is not installed give what the shell says then. */
export async function collect(): Promise<Labelled[]> {
  const { server, url } = await serve();
  const out: Labelled[] = [];
  try {
    const waiting = templates.flatMap((template) =>
      Array.from({ length: template.times }, (_, round) => ({ template, round })),
    );
    const work = async () => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        const found = await one(next.template, next.round, url);
        if (found !== null) out.push(found);
      }
    };
    await Promise.all(Array.from({ length: atOnce }, work));
  } finally {
    server.close();
  }
  return out;
}

async function one(template: Template, round: number, url: string): Promise<Labelled | null> {
  const w = words[round % words.length] as string;
  const v = others[(round * 5 + template.id.length) % others.length] as string;
  const n = 11 + ((round * 7 + template.id.length * 3) % 80);
  const filled = (text: string) =>
    text
      .replaceAll('{w}', w)
      .replaceAll('{v}', v)
      .replaceAll('{n}', String(n))
      .replaceAll('{d}', String(1 + (n % 7)));
  const told = (text: string) =>
    filled(text)
      .replaceAll('{server}', url)
      .replaceAll('{tsc}', join(process.cwd(), 'node_modules', '.bin', 'tsc'));
  const command = told(template.command);
  const given = Object.entries(template.arguments ?? { command: template.command });
  const labelled = {
    kind: template.id,
    tool: template.tool,
    arguments: Object.fromEntries(given.map(([name, value]) => [name, filled(value)])),
  };
  if (template.page !== null) {
    const { status, body, shown } = pageOf(template.page, w, v, n);
    return { ...labelled, result: shown?.(status, body) ?? body, failed: status >= 400 };
  }
  const folder = mkdtempSync(join(tmpdir(), 'results-'));
  try {
    for (const [path, text] of Object.entries(template.files)) {
      const file = join(folder, filled(path));
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, filled(text));
    }
    const ran = await run(command, folder);
    if (ran === null) return null;
    const { output, code } = ran;
    return { ...labelled, result: tidy(output, folder, url), failed: code !== 0 };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function run(command: string, cwd: string): Promise<{ output: string; code: number } | null> {
  return new Promise((resolve) => {
    const whole = `set -o pipefail\n{ ${command}\n} 2>&1`;
    const env = {
      ...process.env,
      HOME: cwd,
      LC_ALL: 'C.UTF-8',
      NO_COLOR: '1',
      GOCACHE: join(tmpdir(), 'go-cache'),
      GOFLAGS: '-mod=mod',
    };
    execFile('bash', ['-c', whole], { cwd, env, timeout: patience, maxBuffer: 1 << 22 }, (error, stdout) => {
      if (error?.killed) resolve(null);
      else resolve({ output: stdout, code: error === null ? 0 : typeof error.code === 'number' ? error.code : 137 });
    });
  });
}

/** Without what only this machine has: its folders and ports. */
function tidy(output: string, folder: string, url: string): string {
  const plain = output
    .replaceAll(folder, '/srv/app')
    .replaceAll(process.cwd(), '/srv/tools')
    .replaceAll(url, 'http://host.example.test')
    .replaceAll(url.slice('http://'.length), 'host.example.test')
    .replaceAll(/\/(?:root|home\/\w+)(?=[/\s"':]|$)/g, '/home/dev')
    .replaceAll(/host [\w.-]*127\.0\.0\.1[^\n]*/g, 'host.example.test');
  return plain.length <= longest ? plain : `${plain.slice(0, longest / 2)}\n[…]\n${plain.slice(-longest / 2)}`;
}

/** Half of the kinds are for tuning the rules; the other half is only counted. */
export function isForTuning(kind: string): boolean {
  return (createHash('sha256').update(kind).digest()[0] as number) % 2 === 0;
}
