import { startHeadless } from '../hosts/headless.js';
import { resolveOptions } from '../hosts/options.js';
import type { StartOptions } from './types.js';

/** An engine in this process, with all that it can be asked for. `key`: of another folder, so that pseudonyms are the same there. */
export function engineHere(options: StartOptions, key?: Uint8Array) {
  const {
    data_dir,
    host,
    proxy_port = 0,
    api_port = 0,
    token,
    upstreams = {},
    trace_output,
    onFatal = thrown,
  } = options;
  const resolved = resolveOptions(
    {
      proxyPort: String(proxy_port),
      apiPort: String(api_port),
      upstream: Object.entries(upstreams).map(([name, url]) => `${name}=${url}`),
      ...(data_dir === undefined ? {} : { dataDir: data_dir }),
      ...(host === undefined ? {} : { host }),
      ...(token === undefined ? {} : { token }),
      ...(trace_output === undefined ? {} : { traceOutput: trace_output }),
    },
    {},
  );
  return startHeadless(resolved, { onFatal, ...(key === undefined ? {} : { key }) });
}

/** Nobody would hear of it otherwise: not even whoever waits for traffic. */
function thrown(error: Error): void {
  queueMicrotask(() => {
    throw error;
  });
}
