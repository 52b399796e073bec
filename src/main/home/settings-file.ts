import { existsSync, readFileSync } from 'node:fs';
import * as z from 'zod';
import { SluiceError } from '../../shared/errors.js';
import { type Settings, settingsSchema } from '../../shared/settings.js';
import { replaceFileSync } from '../ground/replace-file.js';
import type { DataFolder } from './folder.js';

/** What settings.json holds; an absent file holds nothing. Throws settings_invalid where it is no JSON. */
export function readSettingsFile(folder: DataFolder): unknown {
  return existsSync(folder.settings) ? readJson(folder.settings, 'settings_invalid') : {};
}

/** The settings of a file's content; what it does not name is as the defaults have it. Throws settings_invalid, naming the field. */
export function readSettings(folder: DataFolder, content: unknown = readSettingsFile(folder)): Settings {
  return parseSettings(content, folder.settings);
}

export function parseSettings(value: unknown, where: string): Settings {
  const parsed = settingsSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0] as z.core.$ZodIssue;
  throw new SluiceError('settings_invalid', `${where}: ${issue.path.join('.') || 'the file'}: ${issue.message}`, {
    issues: parsed.error.issues.map(({ path, message }) => ({ path: path.join('.'), message })),
  });
}

export function writeSettings(folder: DataFolder, settings: object): void {
  writeWhole(folder.settings, settings);
}

/** The redaction policy file's JSON, or undefined where there is none. Throws policy_invalid where it is no JSON. */
export function readPolicyFile(folder: DataFolder): unknown {
  return existsSync(folder.policy) ? readJson(folder.policy, 'policy_invalid') : undefined;
}

/** Writes the redaction policy file whole or not at all. */
export function writePolicyFile(folder: DataFolder, file: object): void {
  writeWhole(folder.policy, file);
}

/** Policy and known values (by their ids) that were in force last; `policy` is what the policy file said. */
const appliedSchema = z.object({ version: z.literal(1), policy: z.unknown(), values: z.array(z.string()) });
export type AppliedPolicy = z.infer<typeof appliedSchema>;

/** Null where nothing was noted yet, or nothing that can be read. */
export function readAppliedPolicy(folder: DataFolder): AppliedPolicy | null {
  if (!existsSync(folder.appliedPolicy)) return null;
  try {
    return appliedSchema.parse(JSON.parse(readFileSync(folder.appliedPolicy, 'utf8')));
  } catch {
    return null;
  }
}

export function writeAppliedPolicy(folder: DataFolder, applied: AppliedPolicy): void {
  writeWhole(folder.appliedPolicy, applied);
}

function writeWhole(path: string, content: object): void {
  replaceFileSync(path, `${JSON.stringify(content, null, 2)}\n`);
}

function readJson(path: string, code: 'settings_invalid' | 'policy_invalid'): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    const { code: failed } = error as NodeJS.ErrnoException;
    if (failed !== undefined)
      throw new SluiceError(code, `${path} cannot be read (${failed}).`, undefined, { cause: error });
    // The parser quotes what stands there, and that may be a value that nobody is to see.
    const at = / at position \d+( \(line \d+ column \d+\))?/.exec((error as Error).message)?.[0] ?? '';
    throw new SluiceError(code, `${path} is not JSON${at}.`, undefined, { cause: error });
  }
}
