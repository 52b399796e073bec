import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Command } from 'commander';
import { SluiceError } from '../../../shared/errors.js';
import { packageRoot } from '../paths.js';

const names = [
  'capture',
  'store',
  'fuzz',
  'import',
  'lineage',
  'loop',
  'redaction',
  'failures',
  'dedupe',
  'export',
  'qa',
  'compare',
  'oracle',
];

/** Benchmarks live with the tests and are not part of the installed package; in the repository they run from here. */
export function benchCommand(): Command {
  return new Command('bench')
    .description(`measure against the peers that are installed, or harm every wire format: ${names.join(', ')}`)
    .argument('<name>', names.join(' or '))
    .allowUnknownOption()
    .argument('[args...]', "the benchmark's own flags")
    .action(async (name: string, args: string[]) => {
      if (!names.includes(name))
        throw new SluiceError('usage', `There is no benchmark "${name}"; there are ${names.join(', ')}.`);
      const built = join(packageRoot, 'out', 'bench', `${name}.js`);
      if (!existsSync(built))
        throw new SluiceError('usage', 'The benchmarks are part of the repository; run `npm run bench` there.');
      const bench = (await import(pathToFileURL(built).href)) as { main(args: string[]): Promise<void> };
      await bench.main(args);
    });
}
