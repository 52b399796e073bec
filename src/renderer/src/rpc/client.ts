import { QueryClient } from '@tanstack/react-query';
import { createTRPCClient, createWSClient, wsLink } from '@trpc/client';
import { createTRPCOptionsProxy } from '@trpc/tanstack-react-query';
import type { Router } from '../../../main/api/rpc/router.js';
import { getConnection, onConnection, setConnection } from './connection.js';
import { isConnectionError, isUnauthorized } from './errors.js';
import { getToken } from './session.js';

/** The engine serves this page, so its address is the page's own. */
function rpcUrl(): string {
  return `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/rpc`;
}

/** Close code of the engine for a wrong token. */
const unauthorizedCode = 4401;

const socket = createWSClient({
  url: rpcUrl,
  connectionParams: () => ({ token: getToken() ?? '' }),
  retryDelayMs: (attempt) => Math.min(250 * 2 ** attempt, 5000),
  keepAlive: { enabled: true, intervalMs: 10_000, pongTimeoutMs: 5_000 },
  // Opened by the first question, which the page asks only once it has a token.
  lazy: { enabled: true, closeMs: 2 ** 31 - 1 },
  onOpen: () => setConnection('open'),
  onClose: (cause) => {
    if (cause?.code === unauthorizedCode) refuse();
    else if (getConnection() !== 'refused') setConnection('lost');
  },
});

/** Reconnecting with the same token would only be refused again. */
function refuse(): void {
  setConnection('refused');
  void socket.close();
}

/** Plain calls, for what is no query of the screen. */
export const client = createTRPCClient<Router>({ links: [wsLink({ client: socket })] });

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      // Ticks say when something changed; guessing by time or focus would only ask twice.
      staleTime: 30_000,
      refetchOnWindowFocus: false,
      refetchOnReconnect: false,
      // The engine is on this machine: the browser's idea of being offline says nothing about it.
      networkMode: 'always',
      retry: (failures, error) => getConnection() !== 'refused' && isConnectionError(error) && failures < 3,
      retryDelay: 400,
    },
    mutations: { networkMode: 'always' },
  },
});

/** Query, infinite query and mutation options by procedure: `useQuery(trpc.traces.get.queryOptions({ trace_id }))`. */
export const trpc = createTRPCOptionsProxy<Router>({ client, queryClient });

queryClient.getQueryCache().subscribe((event) => {
  if (event.type === 'updated' && event.action.type === 'error' && isUnauthorized(event.action.error)) refuse();
});

// What failed or went stale while the engine was away is asked again at once.
onConnection((state, before) => {
  if (state === 'open' && before === 'lost') void queryClient.invalidateQueries();
});
