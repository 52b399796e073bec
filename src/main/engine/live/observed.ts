import { type CommandLine, shownCommand } from '../../../shared/command-line.js';
import { type InFlight, type Status, toIso } from '../../../shared/model/index.js';
import { refusalFix } from '../../capture/refusals.js';
import type { Logger } from '../../home/log.js';
import type { Redactor } from '../../redact/index.js';
import type { CaptureEvent, PipelineEvent } from '../../threads/protocol.js';
import type { createTicker } from '../../threads/ticker.js';

/** Clients that refused our certificate; the oldest are forgotten first. */
const mostRefusals = 200;

interface ObservedDependencies {
  redactor: Redactor;
  tick: ReturnType<typeof createTicker>['tick'];
  log: Logger;
  caPath: string;
  commandLine: CommandLine;
  /** Credentials that the proxy refused, so often. */
  credentialsRefused(times: number): void;
  /** Whether an agent's own exchange has been seen by now, beside those that others sent. */
  hasTraffic(): boolean;
}

/** What the threads tell while they run, kept for the live view and the status. */
export function createObserved({
  redactor,
  tick,
  log,
  caPath,
  commandLine,
  credentialsRefused,
  hasTraffic,
}: ObservedDependencies) {
  let inFlight: InFlight[] = [];
  let firstExchange: string | null = null;
  const refusals = new Map<string, Status['refusals'][number]>();

  /** Whoever sends a request chooses these words: they pass the gate like all that is shown. */
  const clean = (text: string) => redactor.text(text).text;

  function noteFirst(): void {
    if (firstExchange === null && hasTraffic()) firstExchange = toIso(Date.now() * 1000);
  }

  function noteRefusal(event: Extract<CaptureEvent, { type: 'refusal' }>): void {
    const { port } = event;
    const host = clean(event.host);
    const client = clean(event.client);
    const reason = clean(event.reason);
    const id = `${host}:${port} ${client}`;
    refusals.set(id, {
      host,
      client,
      count: (refusals.get(id)?.count ?? 0) + 1,
      last_at: toIso(Date.now() * 1000),
      reason,
      fix: refusalFix(client, caPath, (name) => shownCommand(commandLine, name)),
      tunnelled: false,
    });
    if (refusals.size > mostRefusals) refusals.delete(refusals.keys().next().value as string);
    tick(['refusals']);
  }

  return {
    inFlight: () => inFlight,
    firstExchange: () => firstExchange,
    /** Newest first. */
    refusals: () => [...refusals.values()].reverse(),
    tunnelled(host: string): void {
      for (const refusal of refusals.values()) if (refusal.host === clean(host)) refusal.tunnelled = true;
      tick(['refusals']);
    },
    captureRestarted(): void {
      inFlight = [];
    },
    onCapture(event: CaptureEvent): void {
      switch (event.type) {
        case 'live':
          noteFirst();
          inFlight = event.list.map((entry) => ({
            ...entry,
            client: clean(entry.client),
            session: entry.session === null ? null : clean(entry.session),
            model: entry.model === null ? null : clean(entry.model),
            method: clean(entry.method),
            url: redactor.url(entry.url),
          }));
          tick(['live']);
          break;
        case 'refusal':
          noteRefusal(event);
          break;
        case 'refused':
          log.warn({ via: 'proxy', reason: event.reason, count: event.count }, 'request_refused');
          if (event.reason === 'token') credentialsRefused(event.count);
          break;
        case 'exception':
          log.error({ name: event.name, place: event.place }, 'capture_exception');
          break;
        case 'journal-error':
          log.error({ code: event.code, syscall: event.syscall }, 'journal_failed');
          break;
      }
    },
    onPipeline(event: PipelineEvent): void {
      if (event.type === 'tick') {
        noteFirst();
        tick(event.topics);
      } else log[event.level](event.fields, event.event);
    },
  };
}
