import { type Settings, settingsPatchSchema } from '../../../shared/settings.js';
import type { DataFolder } from '../../home/folder.js';
import { parseSettings, readSettings, readSettingsFile, writeSettings } from '../../home/settings-file.js';
import type { sealedCredentials } from './sealed-credentials.js';

/** The settings file with this run's flags over it. */
export function openSettings(
  folder: DataFolder,
  overrides: Partial<Settings>,
  credentials: ReturnType<typeof sealedCredentials>,
) {
  const content = readSettingsFile(folder);
  let file = readSettings(folder, credentials.open(content));
  if (credentials.isOpen(content)) writeSettings(folder, credentials.shut(file));
  // Upstreams and hosts of the flags come on top of those of the file; every other flag takes the setting's place.
  const effective = () =>
    parseSettings(
      {
        ...file,
        ...overrides,
        upstreams: { ...file.upstreams, ...overrides.upstreams },
        intercept: [...new Set([...file.intercept, ...(overrides.intercept ?? [])])],
      },
      'settings',
    );
  let current = effective();
  const atStart = current;
  return {
    /** What holds now. */
    current: () => current,
    /** What stands in the file. */
    file: () => file,
    /** Writes the change to the file; throws settings_invalid, and then nothing is changed. */
    set(patch: Partial<Settings>): Settings {
      const next = parseSettings({ ...file, ...settingsPatchSchema.parse(patch) }, 'settings');
      writeSettings(folder, credentials.shut(next));
      file = next;
      current = effective();
      return current;
    },
    view() {
      const restart = (['host', 'proxy_port', 'api_port'] as const).filter((key) => current[key] !== atStart[key]);
      return { settings: current, overridden: Object.keys(overrides), restart_needed: restart };
    },
  };
}
