import { describe, expect, it } from 'vitest';
import { runningApi } from './support.js';

interface Document {
  openapi: string;
  paths: { [path: string]: { [method: string]: { responses: object; security?: object[] } } };
  components: { schemas: { [name: string]: object } };
}

function references(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(references);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === '$ref' && typeof inner === 'string' ? [inner] : references(inner),
  );
}

describe('/openapi.json', () => {
  it('describes every route by the schemas that validate', async () => {
    const { ask } = await runningApi();
    const document = (await (await ask('/openapi.json')).json()) as Document;
    expect(document.openapi).toBe('3.1.0');
    expect(
      Object.entries(document.paths)
        .flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method} ${path}`))
        .sort(),
    ).toEqual([
      'delete /comparisons/{comparison_id}',
      'delete /corrections/{correction_id}',
      'delete /jobs/{id}',
      'delete /known-values/{id}',
      'delete /models/{name}',
      'delete /queues/{name}',
      'delete /rubrics/{rubric}',
      'delete /step-labels/{step_label_id}',
      'delete /tokens/{id}',
      'delete /traces/{id}',
      'delete /watches/{id}',
      'get /audit-log',
      'get /audit-log/verify',
      'get /chat-templates',
      'get /comparisons/align',
      'get /comparisons/candidates',
      'get /consents',
      'get /data-places',
      'get /dataset-choices',
      'get /datasets',
      'get /datasets/{name}',
      'get /datasets/{name}/versions',
      'get /datasets/{name}/versions/{version}',
      'get /datasets/{name}/versions/{version}/check',
      'get /datasets/{name}/versions/{version}/diff',
      'get /datasets/{name}/versions/{version}/diff/rows',
      'get /datasets/{name}/versions/{version}/figures',
      'get /datasets/{name}/versions/{version}/files',
      'get /datasets/{name}/versions/{version}/files/{file}',
      'get /datasets/{name}/versions/{version}/findings',
      'get /datasets/{name}/versions/{version}/rows',
      'get /duplicates',
      'get /duplicates/{cluster_id}',
      'get /effects/unclaimed',
      'get /erasures',
      'get /erasures/{id}',
      'get /exchanges',
      'get /exchanges/{id}',
      'get /exchanges/{id}/body/{side}',
      'get /exchanges/{id}/findings/{finding}/places',
      'get /findings',
      'get /findings/summary',
      'get /health',
      'get /importers',
      'get /jobs',
      'get /jobs/{id}',
      'get /jobs/{id}/files/{name}',
      'get /jobs/{id}/leaks',
      'get /jobs/{id}/leaks/sample/{index}',
      'get /jobs/{id}/log',
      'get /judge/pairs',
      'get /judge/pairs/{id}',
      'get /judge/pairs/{id}/sent',
      'get /judge/trust',
      'get /judgements',
      'get /judgements/{id}',
      'get /judgements/{id}/sent',
      'get /known-values',
      'get /labels',
      'get /metrics',
      'get /models',
      'get /models/calls',
      'get /models/calls/{id}',
      'get /models/presets',
      'get /oracle/domains',
      'get /oracle/features',
      'get /oracle/intents',
      'get /oracle/runs',
      'get /oracle/runs/{id}',
      'get /oracle/runs/{id}/baseline',
      'get /policy',
      'get /policy/presets',
      'get /qa/doctor',
      'get /qa/runs',
      'get /qa/runs/{id}',
      'get /queues',
      'get /queues/{name}',
      'get /queues/{name}/items',
      'get /reviews/acts',
      'get /reviews/agreement',
      'get /rubrics',
      'get /rubrics/{rubric}',
      'get /rubrics/{rubric}/yaml',
      'get /schemas',
      'get /schemas/{name}',
      'get /status',
      'get /tokens',
      'get /tool-calls',
      'get /traces',
      'get /traces/{id}',
      'get /traces/{id}/consent',
      'get /traces/{id}/consent/history',
      'get /traces/{id}/effects',
      'get /traces/{id}/expansions',
      'get /traces/{id}/features',
      'get /traces/{id}/find',
      'get /traces/{id}/judge-pairs',
      'get /traces/{id}/judgements',
      'get /traces/{id}/labels',
      'get /traces/{id}/qa-runs',
      'get /traces/{id}/quality',
      'get /traces/{id}/review',
      'get /traces/{id}/suggestions',
      'get /traces/{id}/tree',
      'get /traces/{id}/validation',
      'get /traces/{id}/witnesses',
      'get /watches',
      'get /watches/{id}',
      'get /webhooks/secret',
      'post /comparisons',
      'post /consents',
      'post /datasets',
      'post /datasets/preview',
      'post /datasets/{name}/versions',
      'post /datasets/{name}/versions/{version}/files/{file}/code',
      'post /datasets/{name}/versions/{version}/push',
      'post /datasets/{name}/versions/{version}/training-runs',
      'post /dedupe',
      'post /erasures',
      'post /expansions',
      'post /expansions/forecast',
      'post /exports',
      'post /exports/preview',
      'post /import',
      'post /ingest',
      'post /jobs/{id}/files/{name}/code',
      'post /judge',
      'post /judge/compare',
      'post /judge/forecast',
      'post /judge/probe',
      'post /known-values',
      'post /labels',
      'post /leaks',
      'post /losses/acknowledge',
      'post /models',
      'post /models/{name}/agree',
      'post /models/{name}/probe',
      'post /oracle/bring',
      'post /oracle/forecast',
      'post /oracle/runs',
      'post /oracle/runs/{id}/bring',
      'post /qa',
      'post /qa/reap',
      'post /quality',
      'post /queues',
      'post /queues/{name}/items/{item_id}/reopen',
      'post /queues/{name}/items/{item_id}/skip',
      'post /queues/{name}/items/{item_id}/submit',
      'post /queues/{name}/next',
      'post /render',
      'post /rescan',
      'post /retention',
      'post /reviews',
      'post /reviews/bulk',
      'post /reviews/redo',
      'post /reviews/undo',
      'post /rubrics',
      'post /rubrics/check',
      'post /runs',
      'post /runs/{id}/end',
      'post /session',
      'post /session-codes',
      'post /subjects/export',
      'post /subjects/search',
      'post /tokens',
      'post /traces',
      'post /traces/delete',
      'post /traces/{id}/corrections',
      'post /traces/{id}/events',
      'post /traces/{id}/finalize',
      'post /traces/{id}/first-wrong-step',
      'post /traces/{id}/judge-preview',
      'post /traces/{id}/step-labels',
      'post /traces/{id}/suggestions/accept',
      'post /v1/traces',
      'post /validate',
      'post /watches',
      'post /webhooks/test',
      'put /corrections/{correction_id}',
      'put /policy',
      'put /queues/{name}',
      'put /queues/{name}/items/{item_id}/draft',
      'put /reviews',
      'put /tool-calls/verdict',
      'put /traces/{id}/consent',
      'put /traces/{id}/purpose',
      'put /traces/{id}/repository',
      'put /traces/{id}/review',
    ]);
    expect(document.paths['/health']?.get?.security).toEqual([]);
    expect(JSON.stringify(document.paths['/traces']?.get)).toContain('"maximum":200');
    expect(Object.keys(document.paths['/health']?.get?.responses ?? {})).toEqual(['200', '429', 'default']);
    expect(Object.keys(document.paths['/traces/{id}/review']?.put?.responses ?? {})).toEqual(
      expect.arrayContaining(['200', '400', '401', '403', '404', '413', '422', '429', 'default']),
    );
  });

  it('has no reference that leads nowhere', async () => {
    const { ask } = await runningApi();
    const document = (await (await ask('/openapi.json')).json()) as Document;
    const found = new Set(references(document));
    expect(found).toContain('#/components/schemas/Trace');
    for (const reference of found) {
      const target = reference
        .replace(/^#\//, '')
        .split('/')
        .reduce<unknown>((value, key) => (value as { [key: string]: unknown } | undefined)?.[key], document);
      expect([reference, typeof target]).toEqual([reference, 'object']);
    }
  });
});
