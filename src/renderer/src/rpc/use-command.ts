import { useQuery } from '@tanstack/react-query';
import { shownCommand } from '../../../shared/command-line.js';
import { trpc } from './client.js';

/** Writes a command as it reaches this engine, e.g. `sluice run --data-dir /there -- your-agent`. */
export function useCommand(): (name: string, args?: string) => string {
  const status = useQuery(trpc.status.get.queryOptions());
  const line = status.data?.command ?? { call: 'sluice', data_dir: null };
  return (name, args) => shownCommand(line, name, args);
}
