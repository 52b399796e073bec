import type { Command } from 'commander';
import { SluiceError } from '../../shared/errors.js';

/**
 * Flags that stand before a command's name are meant for it: `sluice --data-dir D export …`. What stands behind the name wins, and
 * of what may be repeated both count.
 * @throws SluiceError `usage` where the command has no such flag: it must not act on another folder than the one that was named
 */
export function flagsBefore(root: Command, command: Command): void {
  if (command === root) return;
  for (const option of root.options) {
    const { long } = option;
    const name = option.attributeName();
    if (root.getOptionValueSource(name) !== 'cli') continue;
    const own = command.options.find((each) => each.long === long);
    if (own === undefined) throw new SluiceError('usage', `${long} is no flag of ${command.name()}.`);
    const [before, behind] = [root.getOptionValue(name), command.getOptionValue(name)];
    const onCommand = command.getOptionValueSource(name) === 'cli';
    if (Array.isArray(before) && onCommand) command.setOptionValueWithSource(name, [...before, ...behind], 'cli');
    else if (!onCommand) command.setOptionValueWithSource(name, before, 'cli');
  }
}
