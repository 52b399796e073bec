/** Model APIs whose TLS is opened by default. A leading `*.` stands for any subdomain, a trailing `.*` for any ending. */
const modelHosts = [
  'api.openai.com',
  '*.api.openai.com',
  'chatgpt.com',
  '*.openai.azure.com',
  '*.services.ai.azure.com',
  '*.inference.ai.azure.com',
  'api.anthropic.com',
  'generativelanguage.googleapis.com',
  'aiplatform.googleapis.com',
  '*-aiplatform.googleapis.com',
  'cloudcode-pa.googleapis.com',
  'bedrock-runtime.*',
  'ollama.com',
  'openrouter.ai',
  'api.mistral.ai',
  'codestral.mistral.ai',
  'api.groq.com',
  'api.deepseek.com',
  'api.x.ai',
  'api.together.xyz',
  'api.together.ai',
  'api.fireworks.ai',
  'api.cohere.com',
  'api.cohere.ai',
  'api.perplexity.ai',
  'api.cerebras.ai',
  'api.sambanova.ai',
  'api.moonshot.ai',
  'api.moonshot.cn',
  'api.z.ai',
  'open.bigmodel.cn',
  'dashscope.aliyuncs.com',
  'dashscope-intl.aliyuncs.com',
  'integrate.api.nvidia.com',
  'router.huggingface.co',
  'api-inference.huggingface.co',
  'api.githubcopilot.com',
  '*.githubcopilot.com',
  'models.github.ai',
  'opencode.ai',
];

/** Hosts that serve MCP by their name. */
const mcpHosts = ['mcp.*', '*.mcp.*'];

/** Decides for `host:port` whether TLS is opened (`intercept`) or passed through untouched (`tunnel`). */
export type InterceptPolicy = (host: string, port: number) => 'intercept' | 'tunnel';

/**
 * Built-in hosts, `added` and `gatewayHosts` are intercepted; `tunnel` wins over all.
 * Entries are `host`, `*.suffix`, `host:port` or `*`.
 */
export function interceptPolicy(options: {
  added: string[];
  tunnel: string[];
  gatewayHosts: string[];
}): InterceptPolicy {
  const intercept = [...modelHosts, ...mcpHosts, ...options.gatewayHosts, ...options.added].map(hostMatcher);
  const tunnel = options.tunnel.map(hostMatcher);
  return (host, port) => {
    const name = host.toLowerCase().replace(/^\[|\]$/g, '');
    if (tunnel.some((matches) => matches(name, port))) return 'tunnel';
    return intercept.some((matches) => matches(name, port)) ? 'intercept' : 'tunnel';
  };
}

/** Matches a host entry without regular expressions: entries come from users and must not be able to backtrack. */
export function hostMatcher(entry: string): (host: string, port: number) => boolean {
  const { name, port } = splitPort(entry.toLowerCase());
  const portMatches = (actual: number) => port === null || port === actual;
  if (name === '*') return (_host, actual) => portMatches(actual);
  const labels = name.split('*');
  return (host, actual) => portMatches(actual) && globMatches(labels, host);
}

function globMatches(pieces: string[], text: string): boolean {
  const first = pieces[0] as string;
  if (pieces.length === 1) return text === first;
  const last = pieces.at(-1) as string;
  if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last)) return false;
  let at = first.length;
  const end = text.length - last.length;
  for (const piece of pieces.slice(1, -1)) {
    const found = text.indexOf(piece, at);
    if (found < 0 || found + piece.length > end) return false;
    at = found + piece.length;
  }
  return true;
}

function splitPort(entry: string): { name: string; port: number | null } {
  const bracketed = /^\[([^\]]+)\](?::(\d+))?$/.exec(entry);
  if (bracketed) return { name: bracketed[1] as string, port: bracketed[2] ? Number(bracketed[2]) : null };
  const colon = entry.lastIndexOf(':');
  if (colon < 0 || entry.indexOf(':') !== colon) return { name: entry, port: null };
  return { name: entry.slice(0, colon), port: Number(entry.slice(colon + 1)) };
}
