/** `npm run -s sluice -- …`: the CLI from the working tree, set up first if need be. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildBench } from './lib/build.mjs';
import { isCurrent } from './lib/node.mjs';
import { fail, root } from './lib/root.mjs';
import { foreground } from './lib/run.mjs';
import { setup } from './setup.mjs';

const { node } = await setup().catch(fail);
if (process.argv[2] === 'bench') await buildBench(node).catch(fail);
// npm has gone to the package's folder; paths and commands on this line are meant where it was typed.
if (process.env.INIT_CWD) process.chdir(process.env.INIT_CWD);
const cli = join(root, 'out', 'main', 'cli.js');
if (isCurrent(node)) {
  process.argv[1] = cli;
  await import(pathToFileURL(cli).href);
} else {
  process.exitCode = await foreground(node, [cli, ...process.argv.slice(2)]);
}
