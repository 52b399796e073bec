import { generateCACertificate, getLocal } from 'mockttp';
import type { ProxyInfo } from './bare.js';
import { serveJobs } from './child.js';

/** mockttp as a passing proxy, with nothing else asked of it. */

serveJobs<{ host: string; modelCa: string }, ProxyInfo>(async ({ modelCa }) => {
  const ca = await generateCACertificate();
  const server = getLocal({ https: { key: ca.key, cert: ca.cert } });
  await server.start();
  await server.forAnyRequest().thenPassThrough({ additionalTrustedCAs: [{ cert: modelCa }] });
  return { port: server.port, ca: ca.cert };
});
