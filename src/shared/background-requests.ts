/** What agents ask for beside their work, as data: an endpoint that is found gets a line here. */

interface Endpoint {
  /** Suffix of the host, at a dot; any host where it is left out. */
  host?: string;
  path?: RegExp;
  methods?: readonly string[];
}

/** Kinds in order: the first that fits names a request. */
const kinds: readonly { name: string; endpoints: readonly Endpoint[] }[] = [
  {
    name: 'OpenTelemetry export',
    endpoints: [{ path: /\/v1\/(?:traces|metrics|logs)$/, methods: ['POST'] }],
  },
  {
    name: 'Telemetry',
    endpoints: [
      { host: 'statsigapi.net' },
      { host: 'statsig.anthropic.com' },
      { host: 'featureassets.org' },
      { host: 'prodregistryv2.org' },
      { path: /\/v1\/(?:rgstr|sdk_exception|log_event)$/ },
      { path: /^\/api\/event_logging(?:\/|$)/ },
      { path: /^\/api\/claude_code\/(?:metrics|telemetry)/ },
      { path: /\/analytics-events(?:\/|$)/ },
      { host: 'chatgpt.com', path: /^\/ces\// },
      { path: /\/v1internal:record\w+$/ },
      { host: 'play.googleapis.com', path: /^\/log/ },
      { host: 'sentry.io' },
      { path: /^\/api\/\d+\/(?:envelope|store)$/ },
      { host: 'posthog.com' },
      { host: 'segment.io' },
      { host: 'segment.com' },
      { host: 'amplitude.com' },
      { host: 'mixpanel.com' },
      { host: 'datadoghq.com' },
      { host: 'rum.aliyuncs.com' },
      { host: 'honeycomb.io' },
      { host: 'googletagmanager.com' },
      { host: 'google-analytics.com' },
      { path: /\/telemetry(?:\/|$)/, methods: ['POST'] },
    ],
  },
  {
    name: 'Account and limits',
    endpoints: [
      { path: /^\/api\/oauth\/(?:usage|profile|account|organizations)/ },
      { path: /^\/(?:backend-api|api)\/(?:wham|codex)\/(?:usage|accounts)/ },
      { path: /^\/backend-api\/(?:me|accounts)(?:\/|$)/ },
      { path: /\/v1internal:retrieve\w+$/ },
      { host: 'openrouter.ai', path: /^\/api\/v1\/(?:auth\/key|key|credits)$/, methods: ['GET'] },
    ],
  },
  {
    name: 'Sign-in',
    endpoints: [
      { path: /\/oauth2?\/(?:v\d+(?:\.\d+)?\/)?(?:token|authorize|device|revoke|userinfo)/ },
      { host: 'oauth2.googleapis.com' },
      { host: 'accounts.google.com' },
      { host: 'auth.openai.com' },
      { host: 'login.microsoftonline.com' },
      { path: /\/copilot_internal\/v2\/token$/ },
      { path: /\/\.well-known\/(?:oauth|openid)/ },
    ],
  },
  {
    name: 'Settings and features',
    endpoints: [
      { path: /^\/api\/claude_c(?:ode|li)(?:[_/]|$)/ },
      { path: /^\/api\/(?:bootstrap|hello)(?:\/|$)/ },
      { path: /^\/api\/(?:features|eval)\/[\w-]+$/ },
      { path: /\/v1internal:(?:load|onboard|list|fetch|get)\w+$/ },
      { path: /\/mcp-registry(?:\/|$)/ },
    ],
  },
  {
    name: 'Model list',
    endpoints: [
      { path: /\/models$/, methods: ['GET', 'HEAD'] },
      { path: /\/v1(?:beta\d?)?\/models\/[\w.:-]+$/, methods: ['GET'] },
      { path: /^\/api\/(?:tags|ps|version)$/, methods: ['GET', 'HEAD'] },
      { host: 'models.dev' },
    ],
  },
  {
    name: 'Update check',
    endpoints: [
      { host: 'registry.npmjs.org', methods: ['GET', 'HEAD'] },
      { host: 'api.github.com', path: /^\/repos\/[^/]+\/[^/]+\/(?:releases|tags)/, methods: ['GET'] },
      { host: 'storage.googleapis.com', path: /^\/(?:claude-code-dist|gemini-cli)/, methods: ['GET', 'HEAD'] },
      { host: 'downloads.claude.ai' },
      { host: 'formulae.brew.sh' },
      { host: 'pypi.org', path: /^\/pypi\/[^/]+\/json$/, methods: ['GET'] },
    ],
  },
];

/** What a request of an agent serves beside its work, by its address alone; null for all others. */
export function backgroundKind(method: string, url: string): string | null {
  const match = /^[a-z]+:\/\/([^/?#:]{0,255})(?::\d{1,5})?([^?#]{0,1024})/i.exec(url);
  if (match === null) return null;
  const host = (match[1] as string).toLowerCase();
  const path = (match[2] as string).replace(/\/$/, '') || '/';
  const fits = (endpoint: Endpoint) =>
    (endpoint.host === undefined || host === endpoint.host || host.endsWith(`.${endpoint.host}`)) &&
    (endpoint.path?.test(path) ?? true) &&
    (endpoint.methods?.includes(method) ?? true);
  return kinds.find(({ endpoints }) => endpoints.some(fits))?.name ?? null;
}
