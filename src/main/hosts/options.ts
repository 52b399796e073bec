import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { SluiceError } from '../../shared/errors.js';
import { type Settings, settingsSchema } from '../../shared/settings.js';
import { defaultDataDir } from '../home/folder.js';

/** The flags that start an engine, as commander gives them; every one is also a variable SLUICE_<NAME>. */
export interface EngineFlags {
  dataDir?: string;
  host?: string;
  proxyPort?: string;
  apiPort?: string;
  token?: string;
  tokenFile?: string;
  upstream?: string[];
  intercept?: string[];
  insecureUpstream?: boolean;
  demo?: boolean;
  traceOutput?: string;
}

export interface ResolvedOptions {
  dataDir: string;
  token?: string;
  demo: boolean;
  /** Absolute. */
  traceOutput?: string;
  overrides: Partial<Settings>;
}

/** Flags over SLUICE_* variables over nothing. Throws usage or settings_invalid, naming the flag. */
export function resolveOptions(flags: EngineFlags, env: NodeJS.ProcessEnv): ResolvedOptions {
  const overrides: Partial<Settings> = {};
  const host = flags.host ?? env.SLUICE_HOST;
  if (host !== undefined) overrides.host = host;
  const proxyPort = port('--proxy-port', flags.proxyPort ?? env.SLUICE_PROXY_PORT);
  if (proxyPort !== undefined) overrides.proxy_port = proxyPort;
  const apiPort = port('--api-port', flags.apiPort ?? env.SLUICE_API_PORT);
  if (apiPort !== undefined) overrides.api_port = apiPort;
  const upstreams = flags.upstream ?? list(env.SLUICE_UPSTREAM);
  if (upstreams.length > 0) overrides.upstreams = Object.fromEntries(upstreams.map(upstream));
  const intercept = flags.intercept ?? list(env.SLUICE_INTERCEPT);
  if (intercept.length > 0) overrides.intercept = intercept;
  if (flags.insecureUpstream ?? flag('SLUICE_INSECURE_UPSTREAM', env)) overrides.insecure_upstream = true;
  const checked = settingsSchema.partial().safeParse(overrides);
  if (!checked.success) {
    const issue = checked.error.issues[0];
    throw new SluiceError('usage', `${issue?.path.join('.')}: ${issue?.message}`);
  }
  const demo = flags.demo ?? flag('SLUICE_DEMO', env) ?? false;
  const token = flags.token ?? tokenIn(flags.tokenFile ?? env.SLUICE_TOKEN_FILE) ?? env.SLUICE_TOKEN;
  if (token !== undefined && !/^[\x21-\x7e]{8,256}$/.test(token)) {
    throw new SluiceError('usage', 'A token needs 8 to 256 printable characters without spaces.');
  }
  // Seeded traces go to a folder of their own, so that they never mix with what the user captured.
  const dataDir = flags.dataDir ?? env.SLUICE_DATA_DIR ?? (demo ? join(defaultDataDir(), 'demo') : defaultDataDir());
  const traceOutput = flags.traceOutput ?? env.SLUICE_TRACE_OUTPUT;
  return {
    dataDir,
    demo,
    overrides,
    ...(token === undefined ? {} : { token }),
    ...(traceOutput === undefined || traceOutput === '' ? {} : { traceOutput: resolve(traceOutput) }),
  };
}

/** The first line of a file: unlike `--token` it is not seen by the machine's other users. */
function tokenIn(path: string | undefined): string | undefined {
  if (path === undefined) return undefined;
  try {
    return readFileSync(path, 'utf8').split('\n', 1)[0]?.trim();
  } catch (cause) {
    throw new SluiceError('usage', `--token-file: ${path} cannot be read.`, undefined, { cause });
  }
}

function port(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!/^\d{1,5}$/.test(text) || value > 65_535)
    throw new SluiceError('usage', `${name} needs a number from 0 to 65535, not "${text}".`);
  return value;
}

function upstream(text: string): [string, string] {
  const match = /^([a-z0-9][a-z0-9_-]{0,31})=(https?:\/\/.+)$/.exec(text);
  if (!match || match[1] === 's')
    throw new SluiceError('usage', `--upstream needs NAME=URL with an http(s) URL, not "${text}".`);
  return [match[1] as string, match[2] as string];
}

/** Lists in variables are separated by commas or spaces. */
function list(text: string | undefined): string[] {
  return text === undefined ? [] : text.split(/[\s,]+/).filter((entry) => entry !== '');
}

function flag(name: string, env: NodeJS.ProcessEnv): boolean | undefined {
  const text = env[name]?.toLowerCase();
  if (text === undefined || text === '') return undefined;
  if (['1', 'true', 'yes', 'on'].includes(text)) return true;
  if (['0', 'false', 'no', 'off'].includes(text)) return false;
  throw new SluiceError('usage', `${name} needs 1 or 0, not "${text}".`);
}
