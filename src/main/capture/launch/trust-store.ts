import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, rmSync } from 'node:fs';
import { SluiceError } from '../../../shared/errors.js';

interface TrustStore {
  name: string;
  install(caPath: string): void;
  remove(caPath: string): void;
}

/**
 * Puts the CA into the system's trust store or takes it out; returns the store's name. Needs the rights of an
 * administrator; throws `usage` with the line to run where it lacks them or the system is not known.
 */
export function changeTrust(action: 'install' | 'remove', caPath: string): string {
  const store = trustStore();
  store[action](caPath);
  return store.name;
}

function trustStore(): TrustStore {
  if (process.platform === 'darwin') {
    const keychain = '/Library/Keychains/System.keychain';
    return {
      name: 'the system keychain',
      install: (ca) => command('security', ['add-trusted-cert', '-d', '-r', 'trustRoot', '-k', keychain, ca]),
      remove: (ca) => command('security', ['remove-trusted-cert', '-d', ca]),
    };
  }
  if (process.platform === 'win32') {
    return {
      name: "the user's root store",
      install: (ca) => command('certutil', ['-user', '-addstore', 'Root', ca]),
      remove: () => command('certutil', ['-user', '-delstore', 'Root', 'Sluice']),
    };
  }
  const debian = '/usr/local/share/ca-certificates';
  const fedora = '/etc/pki/ca-trust/source/anchors';
  const [folder, update]: [string, [string, string[]]] | [undefined, undefined] = existsSync(debian)
    ? [`${debian}/sluice-ca.crt`, ['update-ca-certificates', []]]
    : existsSync(fedora)
      ? [`${fedora}/sluice-ca.pem`, ['update-ca-trust', ['extract']]]
      : [undefined, undefined];
  if (folder === undefined)
    throw new SluiceError(
      'usage',
      'The trust store of this system is not known; add the file that `sluice ca path` prints by hand.',
    );
  return {
    name: folder,
    install(ca) {
      try {
        copyFileSync(ca, folder);
      } catch (error) {
        throw new SluiceError(
          'usage',
          `${folder} cannot be written (${(error as NodeJS.ErrnoException).code}); run the command as root.`,
        );
      }
      command(...update);
    },
    remove() {
      rmSync(folder, { force: true });
      command(...update);
    },
  };
}

function command(file: string, args: string[]): void {
  const result = spawnSync(file, args, { encoding: 'utf8' });
  if (result.status === 0) return;
  const why = (result.stderr || result.error?.message || '').trim().split('\n').at(-1);
  throw new SluiceError(
    'usage',
    `${[file, ...args].join(' ')} failed: ${why || `exit code ${result.status}`}. It may need administrator rights.`,
  );
}
