import { describe, expect, it } from 'vitest';
import { backgroundKind } from '../../../src/shared/background-requests.js';

describe('requests beside an agent’s work', () => {
  it.each([
    ['POST', 'https://api.anthropic.com/api/event_logging/batch', 'Telemetry'],
    ['POST', 'https://statsig.anthropic.com/v1/rgstr', 'Telemetry'],
    ['POST', 'https://o4504.ingest.us.sentry.io/api/45/envelope/?sentry_key=x', 'Telemetry'],
    ['POST', 'https://cloudcode-pa.googleapis.com/v1internal:recordCodeAssistMetrics', 'Telemetry'],
    ['POST', 'http://127.0.0.1:4318/v1/traces', 'OpenTelemetry export'],
    ['GET', 'https://api.anthropic.com/api/oauth/usage', 'Account and limits'],
    ['POST', 'https://console.anthropic.com/v1/oauth/token', 'Sign-in'],
    ['POST', 'https://oauth2.googleapis.com/token', 'Sign-in'],
    ['GET', 'https://api.anthropic.com/api/claude_cli/bootstrap?x=1', 'Settings and features'],
    ['POST', 'https://cloudcode-pa.googleapis.com/v1internal:loadCodeAssist', 'Settings and features'],
    ['GET', 'https://api.openai.com/v1/models', 'Model list'],
    ['GET', 'http://localhost:11434/api/tags', 'Model list'],
    ['GET', 'https://registry.npmjs.org/@some%2fagent', 'Update check'],
    ['GET', 'https://api.github.com/repos/a/b/releases/latest', 'Update check'],
  ])('%s %s', (method, url, kind) => {
    expect(backgroundKind(method, url)).toBe(kind);
  });

  it.each([
    ['POST', 'https://api.anthropic.com/v1/messages'],
    ['POST', 'https://api.openai.com/v1/responses'],
    ['POST', 'https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-pro:generateContent'],
    ['POST', 'https://cloudcode-pa.googleapis.com/v1internal:streamGenerateContent'],
    ['POST', 'http://localhost:11434/api/chat'],
    ['POST', 'https://example.com/models'],
    ['GET', 'https://example.com/docs/telemetry'],
    ['GET', 'https://notsentry.io.example.com/page'],
    ['GET', 'https://mysentry.io/page'],
    ['POST', 'https://mcp.example.com/mcp'],
    ['GET', 'no url'],
    ['INTAKE', 'sluice:import:claude-code'],
  ])('%s %s is none', (method, url) => {
    expect(backgroundKind(method, url)).toBeNull();
  });
});
