import { mkdtempSync } from 'node:fs';
import { it } from 'vitest';
import { assemble } from '../../../src/main/assemble/index.js';
import { clientName, decodeExchange, readExchange } from '../../../src/main/decode/index.js';
import { demoExchanges } from '../../../src/main/hosts/demo.js';
import { createRedactor, defaultPolicy } from '../../../src/main/redact/index.js';
import { openReader, openWriter } from '../../../src/main/store/index.js';
import { decoded } from '../../support/conversation.js';
import { memoryLineage } from '../../support/lineage.js';
import { families, pairAgreement, traffic } from '../../support/traffic.js';
it('demo through store', () => {
  const dir = mkdtempSync('/tmp/w-asm-');
  const sealKey = new Uint8Array(32);
  const w = openWriter(`${dir}/s.db`, { sealKey, clientName });
  const red = createRedactor({ policy: defaultPolicy, key: new Uint8Array(32) });
  w.transaction(() => { for (const e of demoExchanges(Date.now() * 1000)) { w.save(assemble(decodeExchange(red.exchange(readExchange(e))), w.lineage)); } });
  const r = openReader(`${dir}/s.db`, { sealKey });
  for (const t of r.traces({ query: '', limit: 20, cursor: null }).items) console.log('T', t.title.slice(0, 60), t.completion_status, t.call_count, t.step_count, t.tool_call_count, t.error_count, t.finding_count, t.parent_trace_id, JSON.stringify(t.source));
  console.log('P', r.toolCalls({ query: 'status:pending', limit: 10, cursor: null }).items.length);
  r.close(); w.close();
}, 60000);
it('big', () => {
  for (const family of families) for (const v of [{ headers: true }, { headers: false }, { headers: false, pooled: true }]) {
    const items = traffic({ family, sessions: 400, seed: 11, ...v }).map((x) => ({ ...x, d: decoded(x.exchange) }));
    const lineage = memoryLineage(); const seg = new Map<string, string>(); const calls: any[] = [];
    const t = performance.now();
    for (const { d, truth } of items) { const a = assemble(d, lineage); lineage.save(a); const c = a.call!; const p = c.new_trace?.predecessor_trace_id; if (p) seg.set(c.trace_id, seg.get(p) ?? p); calls.push({ truth, found: seg.get(c.trace_id) ?? c.trace_id }); }
    const ms = performance.now() - t;
    const g = pairAgreement(calls);
    console.log('B', family, JSON.stringify(v), calls.length, 'P', g.precision.toFixed(4), 'R', g.recall.toFixed(4), 'F1', g.f1.toFixed(4), (ms * 1000 / calls.length).toFixed(0), 'us/call', 'lookups/call', (lineage.lookups / calls.length).toFixed(1), 'pend', lineage.tools().filter((x) => x.status === 'pending').length);
  }
}, 300000);
