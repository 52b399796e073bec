import type { EngineContext } from '../context.js';

/** The proxy, which is up before all parts and ended before them: what is still open may finish. */
export function capturePart({ threads, settings }: EngineContext) {
  const grace = () => settings.current().drain_grace_ms;
  return {
    id: 'capture',
    end: () => threads.stopCapture(grace()),
    get endMs() {
      return grace() + 5000;
    },
  };
}
