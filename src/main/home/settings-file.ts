import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import type * as z from 'zod';
import { SluiceError } from '../../shared/errors.js';
import { type Settings, settingsSchema } from '../../shared/settings.js';
import type { DataFolder } from './folder.js';

/** Reads settings.json; an absent file gives the defaults. Throws settings_invalid, naming the field. */
export function readSettings(folder: DataFolder): Settings {
  if (!existsSync(folder.settings)) return settingsSchema.parse({});
  return parseSettings(readJson(folder.settings, 'settings_invalid'), folder.settings);
}

export function parseSettings(value: unknown, where: string): Settings {
  const parsed = settingsSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0] as z.core.$ZodIssue;
  throw new SluiceError('settings_invalid', `${where}: ${issue.path.join('.') || 'the file'}: ${issue.message}`, {
    issues: parsed.error.issues.map(({ path, message }) => ({ path: path.join('.'), message })),
  });
}

export function writeSettings(folder: DataFolder, settings: Settings): void {
  writeFileSync(`${folder.settings}.tmp`, `${JSON.stringify(settings, null, 2)}\n`, { mode: 0o600, flush: true });
  renameSync(`${folder.settings}.tmp`, folder.settings);
}

/** The redaction policy file's JSON, or undefined where there is none. Throws policy_invalid where it is no JSON. */
export function readPolicyFile(folder: DataFolder): unknown {
  return existsSync(folder.policy) ? readJson(folder.policy, 'policy_invalid') : undefined;
}

function readJson(path: string, code: 'settings_invalid' | 'policy_invalid'): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new SluiceError(code, `${path} is not JSON: ${(error as Error).message}`, undefined, { cause: error });
  }
}
