import { lossNames, type Status } from '../../shared/model/index.js';

/** The status as Prometheus text (exposition format 0.0.4). */
export function metricsText(status: Status, loopDelay: number): string {
  const lines: string[] = [];
  const metric = (name: string, type: 'counter' | 'gauge', help: string, value: number) => {
    lines.push(`# HELP sluice_${name} ${help}`, `# TYPE sluice_${name} ${type}`, `sluice_${name} ${value}`);
  };
  const { exchanges, capture, restarts, backpressure, losses, earlier_losses, reasons } = status;
  metric('uptime_seconds', 'gauge', 'Seconds since the engine started.', status.uptime_s);
  metric(
    'event_loop_delay_max_seconds',
    'gauge',
    'The longest that the main thread held up others since this was last read.',
    loopDelay,
  );
  metric('exchanges_seen_total', 'counter', 'Exchanges that began.', exchanges.seen);
  metric('exchanges_stored_total', 'counter', 'Exchanges committed to the store.', exchanges.stored);
  metric(
    'exchanges_pending',
    'gauge',
    'Finished exchanges in the journal that are not in the store yet.',
    exchanges.pending,
  );
  metric(
    'exchanges_undecoded_total',
    'counter',
    'Exchanges with a body or format that could not be read; kept raw.',
    exchanges.undecoded,
  );
  metric('exchanges_failed_total', 'counter', 'Exchanges that ended with an error of the upstream.', exchanges.failed);
  metric('exchanges_aborted_total', 'counter', 'Exchanges that the client gave up.', capture.aborted);
  metric('exchanges_truncated_total', 'counter', 'Exchanges with a body beyond the capture limit.', capture.truncated);
  metric(
    'degraded',
    'gauge',
    '1 where something does not work or was lost in this run; /health says what.',
    reasons.length > 0 ? 1 : 0,
  );
  metric(
    'journal_errors_total',
    'counter',
    'Writes to the journal that failed; those exchanges are lost.',
    losses.journal_errors,
  );
  metric('journal_damaged_total', 'counter', 'Journal records that could not be read back.', losses.damaged);
  metric(
    'exchanges_quarantined_total',
    'counter',
    'Exchanges that could not be processed; kept sealed.',
    losses.quarantined,
  );
  metric('exchanges_bodies_lost_total', 'counter', 'Exchanges stored without bodies.', losses.bodies_lost);
  metric(
    'client_protocol_errors_total',
    'counter',
    'Client connections that spoke no HTTP.',
    losses.client_protocol_errors,
  );
  metric('exchanges_in_flight', 'gauge', 'Exchanges under way.', capture.in_flight);
  metric('tunnels_total', 'counter', 'Connections passed through untouched.', capture.tunnelled);
  metric('tunnels_open', 'gauge', 'Connections that are being passed through.', capture.tunnels_open);
  metric('response_bytes_in_total', 'counter', 'Response body bytes received from upstreams.', capture.bytes_in);
  metric('response_bytes_out_total', 'counter', 'Response body bytes passed on to clients.', capture.bytes_out);
  metric('intake_refused_total', 'counter', 'Requests refused because the store is behind.', backpressure.refused);
  metric('journal_bytes', 'gauge', 'Size of the journal on disk.', capture.journal_bytes);
  metric('unknown_events_total', 'counter', 'Stream events of a type that no decoder knows.', capture.unknown_events);
  metric('format_errors_total', 'counter', 'Wire formats that failed and were passed over.', capture.format_errors);
  metric('rule_errors_total', 'counter', 'Threading rules that failed and were passed over.', capture.rule_errors);
  lines.push(
    '# HELP sluice_losses_total What was lost on this data folder, over all its runs.',
    '# TYPE sluice_losses_total counter',
  );
  for (const kind of lossNames)
    lines.push(`sluice_losses_total{kind="${kind}"} ${losses[kind] + (earlier_losses?.[kind] ?? 0)}`);
  lines.push(
    '# HELP sluice_thread_restarts_total Threads restarted after a crash.',
    '# TYPE sluice_thread_restarts_total counter',
  );
  lines.push(
    `sluice_thread_restarts_total{thread="capture"} ${restarts.capture}`,
    `sluice_thread_restarts_total{thread="pipeline"} ${restarts.pipeline}`,
  );
  return `${lines.join('\n')}\n`;
}
