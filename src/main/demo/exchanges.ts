import type { CapturedExchange, Micros } from '../../shared/model/index.js';
import { demoScripts } from './script.js';
import { playSession } from './session.js';

/** First connection number of the demo: live connections count up from one. */
const firstConnection = 900_001;

/**
 * The demo's traffic as the proxy would have captured it: some sessions of made-up agents, the last of them a few
 * minutes before `baseTime` (microseconds since the epoch). In the order in which the exchanges ended.
 */
export function demoExchanges(baseTime: Micros): CapturedExchange[] {
  const scripts = demoScripts();
  const exchanges: CapturedExchange[] = [];
  const play = (name: string, at: Micros): ReturnType<typeof playSession> => {
    const index = scripts.findIndex((script) => script.name === name);
    const script = scripts[index];
    if (script === undefined) throw new Error(`demo data names an unknown session: ${name}`);
    return playSession(script, firstConnection + index, at, play);
  };
  for (const script of scripts) {
    if (script.minutes_ago === undefined) continue;
    exchanges.push(...play(script.name, baseTime - script.minutes_ago * 60_000_000).exchanges);
  }
  return exchanges.sort((a, b) => a.ended_at - b.ended_at);
}
