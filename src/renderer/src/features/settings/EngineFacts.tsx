import { useQuery } from '@tanstack/react-query';
import { Fact, Facts } from '../../components/Facts.js';
import { formatBytes, formatDuration } from '../../components/format.js';
import { trpc } from '../../rpc/client.js';

/** What runs, and the counters that show whether anything was altered or lost. */
export function EngineFacts() {
  const status = useQuery(trpc.status.get.queryOptions());
  if (!status.data) return null;
  const { capture, exchanges, restarts } = status.data;
  const same = capture.bytes_in === capture.bytes_out;
  const facts: [string, string][] = [
    ['Version', `${status.data.version}, Node ${status.data.node}, process ${status.data.pid}`],
    ['Data folder', status.data.data_dir],
    ['Running for', formatDuration(status.data.uptime_s * 1000)],
    ['API and studio', status.data.api],
    ['Exchanges', `${exchanges.seen} seen, ${exchanges.stored} stored, ${exchanges.pending} pending`],
    [
      'Not as expected',
      `${exchanges.undecoded} undecoded, ${exchanges.failed} failed, ${capture.aborted} aborted, ${capture.truncated} cut`,
    ],
    [
      'Response bytes',
      `${formatBytes(capture.bytes_in)} in, ${same ? 'the same' : formatBytes(capture.bytes_out)} out`,
    ],
    ['Tunnelled', `${capture.tunnelled} connections, ${capture.tunnels_open} open`],
    ['Journal', formatBytes(capture.journal_bytes)],
    ['Restarts after a crash', `capture ${restarts.capture}, pipeline ${restarts.pipeline}`],
  ];
  return (
    <Facts>
      {facts.map(([name, value]) => (
        <Fact key={name} name={name}>
          {value}
        </Fact>
      ))}
    </Facts>
  );
}
