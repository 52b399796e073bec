import { parseJson } from '../../../../ground/json.js';
import type { RepositoryLook } from '../framework.js';
import { baseName, insertedAfter, programAt, withoutFlags } from './program.js';

const managers = new Set(['npm', 'pnpm', 'yarn', 'bun']);

interface PackageJson {
  scripts: Record<string, unknown>;
  /** Names of what it depends on, in development too. */
  packages: ReadonlySet<string>;
  keys: ReadonlySet<string>;
}

export function packageJson(look: RepositoryLook): PackageJson {
  const read = parseJson(look.read('package.json') ?? '');
  const value = isObject(read) ? read : {};
  const part = (name: string) => (isObject(value[name]) ? value[name] : {});
  return {
    scripts: part('scripts'),
    packages: new Set(['dependencies', 'devDependencies'].flatMap((name) => Object.keys(part(name)))),
    keys: new Set(Object.keys(value)),
  };
}

/** The last command of the script that `npm test` or the like runs, which gets what is added behind; null for another command. */
export function scriptOf(argv: readonly string[], look: RepositoryLook): string[] | null {
  if (!managers.has(baseName(argv[0] ?? ''))) return null;
  const words = argv.slice(1).filter((word) => !word.startsWith('-'));
  const name = words[0] === 'run' || words[0] === 'run-script' ? words[1] : words[0] === 't' ? 'test' : words[0];
  const script = name === undefined ? undefined : packageJson(look).scripts[name];
  if (typeof script !== 'string') return null;
  return (
    script
      .slice(0, 2000)
      .split(/&&|;|\|\|/)
      .at(-1) ?? ''
  )
    .trim()
    .split(/\s+/)
    .map((word) => word.replace(/^["']|["']$/g, ''));
}

/** Whether a command starts a program of Node's world, itself or by a script of package.json. */
export function startsProgram(argv: readonly string[], look: RepositoryLook, names: ReadonlySet<string>): boolean {
  return programAt(argv, names) >= 0 || programAt(scriptOf(argv, look) ?? [], names) >= 0;
}

/** The command with flags for that program: behind its name, or at the end of the script that starts it. */
export function withFlags(
  argv: readonly string[],
  look: RepositoryLook,
  names: ReadonlySet<string>,
  { flags, replaced, switches }: { flags: readonly string[]; replaced: readonly string[]; switches: readonly string[] },
): string[] {
  const cleaned = withoutFlags(argv, replaced, switches);
  const at = programAt(cleaned, names);
  if (at >= 0) return insertedAfter(cleaned, at, flags);
  if (programAt(scriptOf(cleaned, look) ?? [], names) < 0) return [...argv];
  // npm keeps to itself what stands before `--`; the others pass everything on.
  const separator = baseName(cleaned[0] as string) === 'npm' && !cleaned.includes('--') ? ['--'] : [];
  return [...cleaned, ...separator, ...flags];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
