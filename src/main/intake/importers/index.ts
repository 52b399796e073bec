import { listOf } from '../../ground/list.js';
import { atif } from './atif.js';
import { claudeCode } from './claude-code.js';
import { codex } from './codex.js';
import { decisionTrace } from './decision-trace.js';
import { executionTrace } from './execution-trace.js';
import { geminiCli } from './gemini-cli.js';
import { goldTrace } from './gold-trace.js';
import { har } from './har.js';
import type { Importer, ImportHead } from './importer.js';
import { inspect } from './inspect.js';
import { langfuse } from './langfuse.js';
import { langsmith } from './langsmith.js';
import { miniSweAgent } from './mini-swe-agent.js';
import { mitmproxy } from './mitmproxy.js';
import { openaiJsonl } from './openai-jsonl.js';
import { opencode } from './opencode.js';
import { openhands } from './openhands.js';
import { otlp } from './otlp.js';
import { prTelemetry } from './pr-telemetry.js';
import { rawApi } from './raw-api.js';
import { sluiceTrace } from './sluice-trace.js';
import { sweAgent } from './swe-agent.js';
import { tau2 } from './tau2.js';
import { toolBroker } from './tool-broker.js';
import { toolCalls } from './tool-calls.js';

/** Every kind of file that can be imported, each listed once. */
export const importers = listOf('importers', [
  har,
  mitmproxy,
  claudeCode,
  codex,
  geminiCli,
  opencode,
  openaiJsonl,
  rawApi,
  langfuse,
  langsmith,
  atif,
  sweAgent,
  miniSweAgent,
  openhands,
  inspect,
  tau2,
  toolBroker,
  toolCalls,
  sluiceTrace,
  executionTrace,
  decisionTrace,
  goldTrace,
  prTelemetry,
  otlp,
]) satisfies readonly Importer[];

/** The importer that claims the file most, or null where none does. One that throws claims nothing. */
export function detectImporter(head: ImportHead): Importer | null {
  let best: Importer | null = null;
  let score = 0;
  for (const importer of importers) {
    const claim = claimOf(importer, head);
    if (claim > score) {
      best = importer;
      score = claim;
    }
  }
  return best;
}

function claimOf(importer: Importer, head: ImportHead): number {
  try {
    return importer.detect(head);
  } catch {
    return 0;
  }
}

export function importerById(id: string): Importer | null {
  return importers.find((importer) => importer.id === id) ?? null;
}
