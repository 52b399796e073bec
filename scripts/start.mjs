/** `npm start`: sets up what is missing and opens the studio, in a window where there can be one, else in the browser. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { fetchElectron } from './lib/electron.mjs';
import { fail, root, say } from './lib/root.mjs';
import { foreground } from './lib/run.mjs';
import { setup } from './setup.mjs';

const built = (name) => join(root, 'out', 'main', `${name}.js`);

async function start() {
  const { node } = await setup();
  const { findElectron, surfaceHere } = await import(pathToFileURL(built('window')).href);
  if (!findElectron() && surfaceHere(true).kind === 'window') await fetchElectron(node);
  const surface = surfaceHere();
  if (surface.kind === 'browser') say(`Opening the studio in the browser: ${surface.reason}.`);
  return foreground(node, [built('cli'), ...process.argv.slice(2)]);
}

process.exitCode = await start().catch(fail);
