/** electron-builder's afterPack hook: burns the switches that make a packaged Electron refuse to be something else. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { FuseV1Options, FuseVersion, flipFuses } from '@electron/fuses';

/** What is off cannot be turned on by an environment variable, a flag or a file beside the application. */
const fuses = {
  version: FuseVersion.V1,
  strictlyRequireAllFuses: false,
  // Otherwise ELECTRON_RUN_AS_NODE makes the signed application run any script.
  [FuseV1Options.RunAsNode]: false,
  [FuseV1Options.EnableNodeOptionsEnvironmentVariable]: false,
  [FuseV1Options.EnableNodeCliInspectArguments]: false,
  [FuseV1Options.EnableCookieEncryption]: true,
  [FuseV1Options.EnableEmbeddedAsarIntegrityValidation]: true,
  [FuseV1Options.OnlyLoadAppFromAsar]: true,
  // The package has one snapshot for all its processes.
  [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
  // The studio is served over http; file: URLs need no privileges here.
  [FuseV1Options.GrantFileProtocolExtraPrivileges]: false,
};

export default async function afterPack({ appOutDir, electronPlatformName, packager }) {
  // An Electron that was unpacked before brings an application of its own.
  const resources = packager.getResourcesDir(appOutDir);
  for (const name of ['app', 'default_app.asar']) rmSync(join(resources, name), { recursive: true, force: true });
  const { productFilename } = packager.appInfo;
  const executable = {
    darwin: `${productFilename}.app`,
    win32: `${productFilename}.exe`,
    linux: packager.executableName,
  }[electronPlatformName];
  await flipFuses(join(appOutDir, executable), {
    ...fuses,
    // Changing a byte breaks the signature; an unsigned build on Apple silicon needs at least its own.
    resetAdHocDarwinSignature: electronPlatformName === 'darwin',
  });
}
