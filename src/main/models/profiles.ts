import * as z from 'zod';
import { SluiceError } from '../../shared/errors.js';
import {
  type Capabilities,
  type ModelPreset,
  type ModelProbe,
  type NewProfile,
  type StoredProfile,
  storedProfileSchema,
} from '../../shared/model/index.js';
import { modelPresets } from '../../shared/model-presets.js';
import type { Keychain } from '../ground/keychain.js';
import { checkedBaseUrl, hostOf } from './base-url.js';

const fileSchema = z.strictObject({ version: z.literal(1), profiles: z.array(storedProfileSchema).max(200) });

export interface ProfileFile {
  read(): unknown;
  write(content: object): void;
  path: string;
}

interface Dependencies {
  file: ProfileFile;
  keychain: Keychain | null;
  env: { readonly [name: string]: string | undefined };
}

export type Profiles = ReturnType<typeof openProfiles>;

/**
 * Profiles of language models. The file never holds a key: it names an environment variable, or has what the desktop's keychain
 * sealed. @throws SluiceError `models_invalid`
 */
export function openProfiles({ file, keychain, env }: Dependencies) {
  let profiles = read(file);

  function write(next: StoredProfile[]): void {
    file.write({ version: 1, profiles: next });
    profiles = next;
  }

  /** @throws SluiceError `model_profile_missing` */
  function get(name: string): StoredProfile {
    const profile = profiles.find((each) => each.name === name);
    if (profile === undefined) throw new SluiceError('model_profile_missing', `There is no model profile "${name}".`);
    return profile;
  }

  function replace(profile: StoredProfile): StoredProfile {
    const others = profiles.filter(({ name }) => name !== profile.name);
    write([...others, profile].sort((a, b) => (a.name < b.name ? -1 : 1)));
    return profile;
  }

  async function sealed(key: string): Promise<string> {
    if (keychain === null)
      throw new SluiceError('keychain_missing', 'This engine has no keychain that could seal a key.');
    try {
      return Buffer.from(await keychain.seal(key)).toString('base64');
    } catch {
      // The platform's reason says nothing that helps, and might quote.
      throw new SluiceError('keychain_refused', 'The keychain did not take the key of this profile.');
    }
  }

  return {
    list: (): readonly StoredProfile[] => profiles,
    get,
    /** Sets or replaces one. What was agreed to and probed stays where neither address, model nor key are others. */
    async set(asked: NewProfile): Promise<StoredProfile> {
      const { name, preset: id, model } = asked;
      const before = profiles.find((each) => each.name === name);
      const preset = presetOf(id);
      if (asked.key_env != null && asked.key != null) throw refused('key', 'Give a key or the variable that holds it.');
      const text = asked.base_url ?? preset.base_url;
      if (text === null) throw refused('base_url', `${preset.title} has an address for each customer: name yours.`);
      const base_url = checkedBaseUrl(text, asked.key_env != null || asked.key != null);
      const key =
        asked.key != null
          ? { key: { kind: 'keychain' as const }, sealed_key: await sealed(asked.key) }
          : asked.key_env == null
            ? { key: { kind: 'none' as const } }
            : { key: { kind: 'env' as const, variable: asked.key_env } };
      const same =
        before !== undefined &&
        before.base_url === base_url &&
        JSON.stringify([before.key, before.sealed_key]) === JSON.stringify([key.key, key.sealed_key]);
      return replace({
        name,
        preset: id,
        base_url,
        model,
        price: asked.price ?? null,
        ...key,
        agreed: same ? before.agreed : null,
        probe: same && before.model === model ? before.probe : null,
      });
    },
    /** `host` says that whoever agrees has seen where to. */
    agree(name: string, host: string): StoredProfile {
      const profile = get(name);
      if (host !== hostOf(profile.base_url))
        throw refused('host', `The profile "${name}" sends to ${hostOf(profile.base_url)}, not to ${host}.`);
      return replace({ ...profile, agreed: { at: new Date().toISOString(), base_url: profile.base_url } });
    },
    probed(name: string, base: StoredProfile, probe: ModelProbe): StoredProfile {
      const profile = get(name);
      // Set anew meanwhile: what was found is another's.
      const same = profile.base_url === base.base_url && profile.model === base.model;
      return same ? replace({ ...profile, probe }) : profile;
    },
    remove(name: string): boolean {
      const left = profiles.filter((each) => each.name !== name);
      if (left.length === profiles.length) return false;
      write(left);
      return true;
    },
    /** Whether the key is to be had, without asking the keychain, which may ask its user. */
    hasKey({ key }: StoredProfile): boolean {
      if (key.kind === 'none') return true;
      return key.kind === 'env' ? (env[key.variable] ?? '') !== '' : keychain !== null;
    },
    /** The key itself, for the request that is being sent; null where none is needed. @throws SluiceError `model_key_missing` */
    async key({ name, key, sealed_key }: StoredProfile): Promise<string | null> {
      if (key.kind === 'none') return null;
      if (key.kind === 'env') {
        const value = env[key.variable]?.trim();
        if (value !== undefined && value !== '') return sendable(value, name);
        throw new SluiceError('model_key_missing', `The variable ${key.variable} of the profile "${name}" is not set.`);
      }
      let opened: string;
      try {
        if (keychain === null) throw new Error('no keychain');
        opened = await keychain.open(Buffer.from(sealed_key ?? '', 'base64'));
      } catch {
        const message = `Only the desktop window’s keychain can open the key of the profile "${name}".`;
        throw new SluiceError('model_key_missing', message);
      }
      return sendable(opened.trim(), name);
    },
  };
}

/** A key as a header takes it: what else is in it no server gave out. */
function sendable(key: string, profile: string): string {
  if (/^[\x21-\x7e]+$/.test(key)) return key;
  const message = `The key of the profile "${profile}" has line breaks, blanks or letters in it that no header can carry.`;
  throw new SluiceError('model_key_invalid', message);
}

/** What a profile's address takes: as its probe found, else as its preset says. */
export function capabilitiesOf({ probe, preset }: StoredProfile): Capabilities {
  return probe?.capabilities ?? presetOf(preset).capabilities;
}

export function presetOf(id: StoredProfile['preset']): ModelPreset {
  return modelPresets.find((preset) => preset.id === id) as ModelPreset;
}

/** Whether the person agreed to send to this very address. */
export function isAgreed({ agreed, base_url }: StoredProfile): boolean {
  return agreed !== null && agreed.base_url === base_url;
}

function read({ read: readFile, path }: ProfileFile): StoredProfile[] {
  const parsed = fileSchema.safeParse(readFile() ?? { version: 1, profiles: [] });
  if (parsed.success) return parsed.data.profiles;
  const [issue] = parsed.error.issues;
  throw new SluiceError('models_invalid', `${path}: ${issue?.path.join('.') || 'the file'}: ${issue?.message}`);
}

function refused(path: string, message: string): SluiceError {
  return new SluiceError('validation_failed', message, [{ path, message }]);
}
