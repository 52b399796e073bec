import { Command, Option } from 'commander';
import { type TrustTier, trustTiers } from '../../../shared/model/gold-trace.js';
import { injectLine } from '../../oracle/index.js';
import { printed } from '../standard-output.js';
import { catalogueOf, type DomainFlags, linesOfFile, seedOf } from './oracle-flags.js';

/** Siblings of gold traces in which texts of others were retrieved. */
export function oracleInjectCommand(): Command {
  return new Command('inject')
    .description(
      'print siblings of gold traces in which texts were retrieved: benign, or with an instruction that is not followed',
    )
    .argument('<file...>')
    .addOption(
      new Option('--tier <tier>', 'how far the text can be trusted; any where it is not said').choices(trustTiers),
    )
    .option(
      '--poisoned',
      'the text carries an instruction; sluice oracle corrupt --kind injected-instruction makes one obey it',
    )
    .option('--seed <n>', 'the same seed makes the same siblings', seedOf, 1)
    .option('--domains <dir>', 'a folder with domains of your own, beside those that come along')
    .action(async (files: string[], flags: DomainFlags & { tier?: TrustTier; poisoned?: true; seed: number }) => {
      const catalogue = catalogueOf(flags);
      const { tier, poisoned = false, seed } = flags;
      for (const file of files)
        for await (const line of linesOfFile(file)) {
          const sibling = injectLine(catalogue, line, {
            ...(tier === undefined ? {} : { trust: tier }),
            poisoned,
            seed,
          });
          if (sibling !== null) await printed(`${JSON.stringify(sibling)}\n`);
        }
    });
}
