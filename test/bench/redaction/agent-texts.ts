import type { Redactor } from '../../../src/main/redact/index.js';
import { Random } from '../fuzz/random.js';
import { characters } from './values.js';

const list = (text: string): string[] => text.split('|').map((each) => each.trim());
const products = list(
  'Claude|Gemini|Claude Code|Gemini Pro|Copilot Chat|Visual Studio Code|Ruby on Rails|Django|Flask|Jasmine|Jest|Julia|Crystal|Jenkins|Travis CI|Apache Kafka|Redis Cluster|React Native|Angular Material|Spring Boot|Hugo|Gatsby|Elixir|Scala|Cassandra|Maven Central|Red Hat Enterprise Linux|Amazon Web Services|Google Cloud Storage|Microsoft Azure|Azure Functions|Docker Compose|Kubernetes|Helm|Terraform Cloud|Prometheus|Grafana Loki|Sentry|Stripe Connect|Vercel Edge|Netlify Functions|Cloudflare Workers|Node.js|TypeScript|Tailwind CSS|Next.js|Vite|Prisma|Drizzle|SQLite|Postgres|Anthropic Messages API|OpenAI Responses API|Model Context Protocol|Chrome DevTools|Safari Technology Preview|Firefox Nightly|Windows Terminal|Homebrew|Debian Bookworm|Ubuntu Jammy|Alpine',
);
const types = list(
  'UserService|SessionStore|TokenCounter|RequestHandler|HttpClient|EventEmitter|AbortController|PaymentGateway|OrderRepository|CustomerDto|AccountManager|MailSender|ReportBuilder|MarkdownParser|FileWatcher|JobQueue|Scheduler|RateLimiter|ChunkReader|DiffViewer',
);
const tools = list(
  'Read|Write|Edit|Bash|Grep|Glob|WebFetch|WebSearch|TodoWrite|NotebookEdit|Task|MultiEdit|ExitPlanMode',
);
const headings = list(
  'Getting Started|Quick Start|Code of Conduct|Table of Contents|Known Issues|Breaking Changes|Release Notes|Tool Use Policy|Tone and Style|Doing Tasks|Code References|Error Handling|Design Goals|Contributing Guidelines|License|Sponsors|Frequently Asked Questions|Pull Request Process|Security Policy|Environment Variables',
);
const verbs = list('reads|writes|caches|retries|merges|validates|renders|parses|streams|drops|locks|signs');
const things = list(
  'the queue|each request|the session|every chunk|the index|all events|the manifest|its children|the cursor|a snapshot',
);
const times = list(
  'Monday|Tuesday|in March|in August|on Friday evening|in Q3|before May|since April|in June 2024|last Sunday',
);
const sentences: ((random: Random) => string)[] = [
  (r) => `Use ${r.pick(products)} with ${r.pick(products)}; ${r.pick(types)} ${r.pick(verbs)} ${r.pick(things)}.`,
  (r) =>
    `When ${r.pick(products)} is not available, ${r.pick(products)} ${r.pick(verbs)} ${r.pick(things)} ${r.pick(times)}.`,
  (r) =>
    `The ${r.pick(tools)} tool ${r.pick(verbs)} ${r.pick(things)}. Never call ${r.pick(tools)} before ${r.pick(tools)}.`,
  (r) => `IMPORTANT: You must NOT use ${r.pick(tools)} on files that ${r.pick(types)} ${r.pick(verbs)}.`,
  (r) =>
    `Migrating from ${r.pick(products)} to ${r.pick(products)} took two sprints, and ${r.pick(types)} still ${r.pick(verbs)} ${r.pick(things)}.`,
  (r) =>
    `See "${r.pick(headings)}" in the ${r.pick(products)} docs, Section ${1 + r.below(9)}, Chapter ${1 + r.below(30)}.`,
  (r) => `Hello! I am going to run ${r.pick(tools)} first. Then Tests, Lint and Build, in this order.`,
  (r) =>
    `Thanks to ${r.pick(products)} and the ${r.pick(products)} team, ${r.pick(types)} ${r.pick(verbs)} ${r.pick(things)} in ${r.below(900)} ms.`,
  (r) => `Dear contributor, please read ${r.pick(headings)} before you open a Pull Request against Main.`,
  (r) => `By default ${r.pick(types)}'s cache holds ${r.below(5000)} Entries; Max is ${r.below(90_000)}.`,
  (r) => `Does Bayes beat Dijkstra here? ${r.pick(products)} says the Markov chain ${r.pick(verbs)} ${r.pick(things)}.`,
  (r) => `Mark the step as done, Grant access, Chase the flaky test, then Drew the diagram in ${r.pick(products)}.`,
];
const sentence = (random: Random): string => random.pick(sentences)(random);
const several = (count: number, make: () => string, joint: string): string =>
  Array.from({ length: count }, make).join(joint);

/** What agents read and write all day that names nobody. */
export const agentTexts: Readonly<Record<string, (random: Random) => string>> = {
  prompt: (r) =>
    `You are ${r.pick(products)}, an agent for software engineering.\n\n# ${r.pick(headings)}\n${several(6, () => `- ${sentence(r)}`, '\n')}\n\n<system-reminder>\n${sentence(r)}\n</system-reminder>\n\n## ${r.pick(headings)}\n${several(4, () => sentence(r), ' ')}\n\nToday's date: 2025-0${1 + r.below(9)}-1${r.below(9)}. Platform: linux. Model: claude-sonnet-4-5.`,
  readme: (r) =>
    `# ${r.pick(products)} ${r.pick(types)}\n\n[![Build Status](https://ci.example.com/badge.svg)](https://ci.example.com)\n\n${several(3, () => sentence(r), ' ')}\n\n## ${r.pick(headings)}\n\n1. **${r.pick(headings)}** - ${sentence(r)}\n2. **${r.pick(products)}**: ${sentence(r)}\n\n\`\`\`ts\nimport { ${r.pick(types)} } from './${characters('w', 8, r)}';\nconst ${characters('w', 6, r)} = new ${r.pick(types)}();\n\`\`\`\n\n## License\n\nLicensed under the Apache License, Version 2.0. THE SOFTWARE IS PROVIDED "AS IS", INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY.\n`,
  trace: (r) =>
    `Exception in thread "main" java.lang.IllegalStateException: ${r.pick(types)} was closed\n${several(6, () => `\tat com.example.app.${r.pick(types)}.${r.pick(verbs)}(${r.pick(types)}.java:${r.below(900)})`, '\n')}\nCaused by: ${r.pick(types)}Error: Connection reset by Peer\n    at ${r.pick(types)}.next [as ${r.pick(verbs)}] (/app/dist/index.js:${r.below(99)}:${r.below(99)})\n`,
  code: (r) =>
    several(
      14,
      () =>
        r.pick([
          `import ${r.pick(types)} from '@scope/${characters('w', 6, r)}'; // ${sentence(r)}`,
          `export class ${r.pick(types)} extends ${r.pick(types)} { constructor(private readonly ${characters('w', 5, r)}: ${r.pick(types)}) { super(); } }`,
          `  label: '${r.pick(headings)}', name: '${r.pick(tools)}', title: "${r.pick(products)}",`,
          `/** ${sentence(r)} */`,
          `# ${sentence(r)}`,
          `case State.Open: return new ${r.pick(types)}(Status.Active, Level.High);`,
          `Content-Type: application/json\nX-Request-Id: ${characters('h', 32, r)}\nCache-Control: No-Store`,
          `<Button variant="Primary" title="${r.pick(headings)}">${r.pick(headings)}</Button>`,
          `path d="M10.5 3C7.2 3 4.5 ${r.below(9)}.7 4.5 9v${r.below(9)}c0 ${characters('d', 3, r)}" fill="#${characters('h', 6, r)}"`,
          `"integrity": "sha512-${characters('w', 86, r)}==", "etag": "${characters('w', 32, r)}",`,
        ]),
      '\n',
    ),
  log: (r) =>
    several(
      10,
      () =>
        r.pick([
          `2025-03-1${r.below(9)}T10:0${r.below(9)}:12.123Z INFO ${r.pick(types)} - ${sentence(r)}`,
          `[${r.pick(types)}] WARN Retrying ${r.pick(products)} (attempt ${r.below(5)})`,
          `PASS  src/${r.pick(types)}.test.ts  ${r.below(99)} passed`,
          `Step ${r.below(20)}/20 : RUN apt-get install -y Python3 && echo Done`,
        ]),
      '\n',
    ),
};

export interface Quiet {
  bytes: number;
  wrong: number;
  /** What was taken, and by which detector. */
  examples: string[];
}

const each = 300;

/** Findings in texts of agents that name nobody and hold nothing secret: every one is wrong. */
export function measureQuiet(redactor: Redactor, seed: number): Quiet {
  const random = new Random(seed);
  const out: Quiet = { bytes: 0, wrong: 0, examples: [] };
  for (const make of Object.values(agentTexts)) {
    for (let count = 0; count < each; count++) {
      const text = make(random);
      out.bytes += Buffer.byteLength(text);
      const { findings } = redactor.spans(text);
      out.wrong += findings.length;
      for (const { start, end, entity, detector } of findings)
        out.examples.push(`${entity} by ${detector}: ${JSON.stringify(text.slice(Math.max(0, start - 24), end + 12))}`);
    }
  }
  return out;
}
